"""Short ways to write what checks compare."""

from headtohead.check.queries import Executed, Queries
from headtohead.experiment import Experiment, Request, Variant

NAIVE = Variant(name="naive", selector="shop.selectors.naive")
SERVED = Variant(name="prefetched", selector="shop.selectors.products")


def executed(sql: str, first: int, second: int | None = None, **changes: object) -> Executed:
    """A statement; the second answer is like the first unless told otherwise."""
    return Executed(sql=sql, first=first, second=first if second is None else second, **changes)


def queries(
    *statements: Executed, body_bytes: int = 100, **times: int | tuple[int, int]
) -> Queries:
    """A variant that executes each statement so often, in its first and second answer."""
    both = {sql: (n, n) if isinstance(n, int) else n for sql, n in times.items()}
    given = (*statements, *(executed(sql, *each) for sql, each in both.items()))
    return Queries(
        first=sum(each.first for each in given),
        second=sum(each.second for each in given),
        body_bytes=body_bytes,
        statements=given,
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
