"""Waiting for several services one after another, or for all of them at once."""

from headtohead.experiment import Experiment, Request, Server, Variant

FAN_OUT = Experiment(
    name="fan-out",
    question="How much faster are the quotes of three slow carriers when all are asked at once?",
    request=Request(path="/api/delivery/quotes/"),
    seam="app.delivery.carriers.delivery_quotes",
    baseline=Variant(
        name="sequential", selector="app.delivery.carriers.delivery_quotes_one_by_one"
    ),
    variants=(Variant(name="concurrent", selector="app.delivery.carriers.delivery_quotes"),),
    server=Server(interface="asgi", upstream="app.delivery.stub:application"),
)
