"""Short ways to write what checks compare."""

from headtohead.check.queries import Executed, Queries
from headtohead.experiment import Experiment, Request, Variant

NAIVE = Variant(name="naive", selector="shop.selectors.naive")
SERVED = Variant(name="prefetched", selector="shop.selectors.products")


def queries(**times: int | tuple[int, int]) -> Queries:
    """A variant that executes each statement so often, in its first and second answer."""
    both = {sql: (n, n) if isinstance(n, int) else n for sql, n in times.items()}
    return Queries(
        first=sum(first for first, _ in both.values()),
        second=sum(second for _, second in both.values()),
        statements=tuple(
            Executed(sql=sql, first=first, second=second) for sql, (first, second) in both.items()
        ),
    )


def experiment(**changes: object) -> Experiment:
    given = {
        "name": "product-list",
        "question": "Is prefetching faster?",
        "request": Request(path="/products/?page_size=50"),
        "seam": "shop.selectors.products",
        "baseline": NAIVE,
        "variants": (SERVED,),
    }
    return Experiment(**(given | changes))
