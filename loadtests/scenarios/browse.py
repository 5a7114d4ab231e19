"""Anonymous visitors who look around: lists, what others recommend, the pages of products."""

from math import ceil
from random import choice, paretovariate

from locust import task

from loadtests.journey import Journey, is_page

PAGE_SIZE = 20
# Of a Pareto distribution of this shape, a fifth has four fifths of the mass.
EIGHTY_TWENTY = 1.16


class Visitor(Journey):
    """Somebody who looks around; the weights are TPC-W's of the pages that come nearest."""

    weight = 43

    def on_start(self) -> None:
        """Know nothing of the shop yet."""
        self.seen: list[int] = []
        self.pages = 1

    @task(16)
    def look_at_a_list(self) -> None:
        """Look at a page of products, mostly at an early one."""
        page = min(int(paretovariate(EIGHTY_TWENTY)), self.pages)
        listed = self.ask(
            f"/api/products/?page={page}", route="/api/products/?page=[page]", valid=is_page
        )
        self.seen = [product["id"] for product in listed["results"]]
        self.pages = ceil(listed["count"] / PAGE_SIZE)

    @task(5)
    def look_at_categories(self) -> None:
        """See what there is in which category."""
        path = "/api/categories/summary/"
        self.ask(path, route=path, valid=lambda categories: len(categories) > 0)

    @task(5)
    def look_at_recommendations(self) -> None:
        """Look at what others recommend."""
        path = "/api/products/recommended/"
        listed = self.ask(path, route=path, valid=is_page)
        self.seen = [product["id"] for product in listed["results"]]

    @task(17)
    def look_at_a_product(self) -> None:
        """Look at the page of a product that was on the last list."""
        if not self.seen:
            self.look_at_a_list()
            self.wait()
        product_id = choice(self.seen)
        self.ask(
            f"/api/products/{product_id}/",
            route="/api/products/[id]/",
            valid=lambda product: product["id"] == product_id,
        )
