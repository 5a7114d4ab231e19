"""Every caveat that there is, in every form, found by looking through their modules."""

from collections.abc import Iterator, Mapping
from inspect import signature
from itertools import product

from headtohead.records.results import Caveat
from headtohead.validity.rule import declared_caveats

# What to say of each thing that a caveat tells; several where its words or its weight differ.
VALUES: Mapping[str, tuple[object, ...]] = {
    "achieved": (39.4,),
    "baseline": ("naive",),
    "block_ms": (200.0,),
    "budget": (None, 60),
    "changed": (17,),
    "errors": (12,),
    "example": ("500 Internal Server Error",),
    "experiment": ("product-list",),
    "growth": (2.71,),
    "host": ("10.0.0.7",),
    "invalidates": (False, True),
    "launches": (3,),
    "max_ms": (1204.0,),
    "missing": ("13 of 58 chunks",),
    "needed": (40,),
    "p99_ms": (66.3,),
    "pairs": (38,),
    "planned": (1240,),
    "rate": (51.7,),
    "ratio": (1.147, 0.853),
    "reason": ("killed by signal 9",),
    "requests": (40,),
    "rounds": (5,),
    "scenario": ("shop",),
    "seconds": (2.5,),
    "servers": (("PostgreSQL", "API"),),
    "share": (0.314,),
    "tolerated_ms": (20.0,),
    "unsent": (31,),
    "users": (1, 8),
    "variant": ("prefetched",),
    "where": ("body.count: 1, not 2",),
    "worker": (2,),
}


def every_caveat() -> Iterator[tuple[str, Caveat]]:
    """Each with the name of the function that states it."""
    for rule in declared_caveats():
        told = list(signature(rule.state).parameters)
        lacking = [each for each in told if each not in VALUES]
        assert not lacking, f"give VALUES above examples of {lacking}, which {rule.code} is told"
        for values in product(*(VALUES[each] for each in told)):
            yield rule.state.__name__, rule.state(**dict(zip(told, values, strict=True)))


EVERY_CAVEAT = tuple(every_caveat())
