"""Anonymous visitors who know what they want: a word, what is found, the page of one of it."""

from random import choice
from urllib.parse import quote

from locust import SequentialTaskSet, task

from loadtests.journey import Journey, is_page

LEAST_LETTERS = 3


class Searcher(Journey):
    """Somebody who searches, again and again."""

    weight = 37

    @task
    class Search(SequentialTaskSet):
        """One search."""

        @task
        def open_the_form(self) -> None:
            """See the first products; a word of their names is going to be looked for."""
            listed = self.user.ask("/api/products/", route="/api/products/", valid=is_page)
            words = " ".join(product["name"] for product in listed["results"]).split()
            self.word = choice([word for word in words if len(word) >= LEAST_LETTERS])

        @task
        def look_for_the_word(self) -> None:
            """Look for it; at least the product that it is from must be found."""
            found = self.user.ask(
                f"/api/products/search/?q={quote(self.word)}",
                route="/api/products/search/?q=[word]",
                valid=lambda page: (
                    is_page(page)
                    and all(self.word.lower() in each["name"].lower() for each in page["results"])
                ),
            )
            self.product_id = choice(found["results"])["id"]

        @task
        def look_at_a_hit(self) -> None:
            """Look at the page of something that was found."""
            self.user.ask(
                f"/api/products/{self.product_id}/",
                route="/api/products/[id]/",
                valid=lambda product: product["id"] == self.product_id,
            )
