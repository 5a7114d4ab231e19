"""Customers who are signed in: they choose, check out, look at their account and at their orders.

Each has one order, placed again every time, so that no table grows. The first two customers
stay away: experiments ask for their orders, whose answers must not change.
"""

from collections.abc import Iterator
from itertools import count
from random import choice
from typing import ClassVar

from locust import task

from loadtests.account import Account
from loadtests.journey import is_page

# In every shop that is seeded with a password these have an account.
CUSTOMERS = range(3, 31)
REFERENCE = "journey"


class Customer(Account):
    """A customer; the weights are TPC-W's of the pages that come nearest, in hundredths."""

    weight = 20
    _numbers: ClassVar[Iterator[int]] = count()

    def on_start(self) -> None:
        """Sign in as the next of the customers who have an account."""
        number = CUSTOMERS[next(self._numbers) % len(CUSTOMERS)]
        self.email = f"customer{number}@shop.example"
        super().on_start()

    @task(1160)
    def choose_a_product(self) -> None:
        """Look at a product among the first, as TPC-W's customers do at their cart."""
        self._choose()

    @task(120)
    def check_out(self) -> None:
        """Order a product, which the answer must name, under the number of the one order."""
        customer_id = self._who()
        product_id = self._choose()
        self.wait()
        item = {"product_id": product_id, "quantity": choice([1, 2, 3])}
        self.ask_signed_in(
            f"/api/customers/{customer_id}/checkout/",
            route="/api/customers/[id]/checkout/",
            method="POST",
            body={"reference": REFERENCE, "card": "visa-4242", "items": [item]},
            valid=lambda order: (
                order["number"].endswith(f"-{customer_id}-{REFERENCE}")
                and [placed["product_id"] for placed in order["items"]] == [product_id]
            ),
        )

    @task(560)
    def look_at_the_account(self) -> None:
        """See who one is, as a form does that is filled in with it."""
        self._who()

    @task(141)
    def look_at_orders(self) -> None:
        """Look at what one has bought."""
        customer_id = self._who()
        self.wait()
        self.ask_signed_in(
            f"/api/customers/{customer_id}/orders/",
            route="/api/customers/[id]/orders/",
            valid=lambda page: page["count"] >= len(page["results"]),
        )

    def _choose(self) -> int:
        listed = self.ask("/api/products/", route="/api/products/", valid=is_page)
        self.wait()
        product_id: int = choice(listed["results"])["id"]
        self.ask(
            f"/api/products/{product_id}/",
            route="/api/products/[id]/",
            valid=lambda product: product["id"] == product_id,
        )
        return product_id

    def _who(self) -> int:
        path = "/api/auth/me/"
        user = self.ask_signed_in(path, route=path, valid=lambda user: user["email"] == self.email)
        customer_id: int = user["customer_id"]
        return customer_id
