"""All journeys at a faster pace, so that few users load the API fully; Locust runs this."""

from typing import Any

from loadtests.scenarios import edit
from loadtests.scenarios.browse import Visitor
from loadtests.scenarios.buy import Customer
from loadtests.scenarios.search import Searcher

# Of the time that people take. Journeys stay what they are, one request after the other.
PACE = 1 / 28


class _Hurried:
    def wait_time(self) -> float:
        """How long an answer is looked at, in seconds."""
        waits: Any = super()
        return float(waits.wait_time()) * PACE


class HurriedVisitor(_Hurried, Visitor):
    """Somebody who looks around."""


class HurriedSearcher(_Hurried, Searcher):
    """Somebody who searches."""


class HurriedCustomer(_Hurried, Customer):
    """Somebody who orders."""


class HurriedAdministrator(_Hurried, edit.Administrator):
    """Somebody who edits products."""

    fixed_count = 1


# Locust takes every user class that it finds in a module.
del Visitor, Customer, Searcher
