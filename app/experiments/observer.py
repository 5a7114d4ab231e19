"""What it costs to watch a request, seen on one that costs next to nothing."""

from headtohead.experiment import Experiment, Request, Server, Variant

SEAM = "app.config.liveness.liveness"


def _watched_by(observer: str) -> Server:
    """A server with that observer alone."""
    return Server(environment={"OBSERVER": observer}, reports_timing=False)


# None of them tells the harness anything: telling it is no part of being watched.
OBSERVER = Experiment(
    name="observer",
    question="How much slower is the cheapest request when it is watched?",
    request=Request(path="/alive/"),
    seam=SEAM,
    baseline=Variant(name="bare", selector=SEAM, server=_watched_by("bare")),
    variants=(
        Variant(name="lean", selector=SEAM, server=Server(reports_timing=False)),
        Variant(name="django-prometheus", selector=SEAM, server=_watched_by("django-prometheus")),
        Variant(name="silk", selector=SEAM, server=_watched_by("silk")),
    ),
)
