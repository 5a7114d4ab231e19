"""A whole shop: visitors, searchers and customers by their weights, and one who edits products."""

from loadtests.scenarios import edit
from loadtests.scenarios.browse import Visitor
from loadtests.scenarios.buy import Customer
from loadtests.scenarios.search import Searcher

__all__ = ["Customer", "OneAdministrator", "Searcher", "Visitor"]


class OneAdministrator(edit.Administrator):
    """By weight there would be one for five hundred others, and so mostly none."""

    fixed_count = 1
