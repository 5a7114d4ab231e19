"""Experiments that dashboards are drawn for in tests."""

from headtohead.experiment import Experiment, Request, Variant


def experiment(name: str, baseline: str, *variants: str) -> Experiment:
    return Experiment(
        name=name,
        question=f"Is {name} faster?",
        request=Request(path="/"),
        seam=f"app.{baseline}",
        baseline=Variant(name=baseline, selector=f"app.{baseline}"),
        variants=tuple(Variant(name=each, selector=f"app.{each}") for each in variants),
    )


# A variant of one name in each, which nothing may confuse.
DECLARED = (
    experiment("listing", "naive", "cached", "joined"),
    experiment("summary", "live", "cached"),
)
