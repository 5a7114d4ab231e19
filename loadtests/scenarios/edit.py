"""An administrator who edits products while others read.

What is edited is the description of products of the last page, which shows on their own pages
alone: beside an experiment about any other page no body changes, while caches are told to forget.
The text is changed to and fro, so that no row grows.
"""

from math import ceil
from random import choice

from locust import task

from loadtests.account import Account
from loadtests.journey import is_page

PAGE_SIZE = 20
MARK = " (revised)"


class Administrator(Account):
    """The member of staff that every shop has that is seeded with a password."""

    weight = 0.19
    email = "editor@shop.example"

    @task
    def edit_a_product(self) -> None:
        """Find a product, read it, and change its description."""
        product_id = choice(self._last_page())["id"]
        self.wait()
        before = self.ask(
            f"/api/products/{product_id}/",
            route="/api/products/[id]/",
            valid=lambda product: product["id"] == product_id,
        )
        self.wait()
        description = _revised(before["description"])
        self.ask_signed_in(
            f"/api/products/{product_id}/",
            route="/api/products/[id]/",
            method="PATCH",
            body={"description": description},
            # Whoever edits it too counts up the version once more.
            valid=lambda after: (
                after["version"] > before["version"] + 1
                or (after["version"], after["description"]) == (before["version"] + 1, description)
            ),
        )

    def _last_page(self) -> list[dict[str, int]]:
        listed = self.ask("/api/products/", route="/api/products/", valid=is_page)
        last = ceil(listed["count"] / PAGE_SIZE)
        if last == 1:
            return listed["results"]
        page = self.ask(
            f"/api/products/?page={last}", route="/api/products/?page=[page]", valid=is_page
        )
        return page["results"]


def _revised(description: str) -> str:
    """The description with the mark, or without it."""
    if description.endswith(MARK):
        return description.removesuffix(MARK)
    return description + MARK
