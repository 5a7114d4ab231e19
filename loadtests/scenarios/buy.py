"""Customers who are signed in: what they want, their account, what they have bought."""

from collections.abc import Iterator
from itertools import count
from random import choice
from typing import ClassVar

from locust import task

from loadtests.account import Account
from loadtests.journey import is_page

# So many accounts there are in every shop that is seeded with a password.
ACCOUNTS = 30


class Customer(Account):
    """A customer; the weights are TPC-W's of the pages that come nearest, in hundredths."""

    weight = 20
    _numbers: ClassVar[Iterator[int]] = count()

    def on_start(self) -> None:
        """Sign in as the next of the customers who have an account."""
        self.email = f"customer{next(self._numbers) % ACCOUNTS + 1}@shop.example"
        super().on_start()

    @task(1160)
    def choose_a_product(self) -> None:
        """Look at a product among the first, as TPC-W's customers do at their cart."""
        listed = self.ask("/api/products/", route="/api/products/", valid=is_page)
        self.wait()
        product_id = choice(listed["results"])["id"]
        self.ask(
            f"/api/products/{product_id}/",
            route="/api/products/[id]/",
            valid=lambda product: product["id"] == product_id,
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

    def _who(self) -> int:
        path = "/api/auth/me/"
        user = self.ask_signed_in(path, route=path, valid=lambda user: user["email"] == self.email)
        customer_id: int = user["customer_id"]
        return customer_id
