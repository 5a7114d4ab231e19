"""Where a request has its database connection from: made for it, its thread's or a pool's."""

from headtohead.experiment import Experiment, Request, Server, Variant

SEAM = "app.catalog.feed.feed_rows"

CONNECTION = Experiment(
    name="connection",
    question="How much faster is a page of products when connections to the database are kept?",
    request=Request(path="/api/products/feed/"),
    seam=SEAM,
    baseline=Variant(
        name="new", selector=SEAM, server=Server(environment={"DATABASE_CONNECTIONS": "new"})
    ),
    variants=(
        Variant(name="persistent", selector=SEAM, server=Server()),
        Variant(
            name="pooled",
            selector=SEAM,
            server=Server(environment={"DATABASE_CONNECTIONS": "pooled"}),
        ),
    ),
    request_at_double_rows=Request(path="/api/products/feed/?page_size=40"),
)
