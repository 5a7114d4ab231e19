"""What users of the journeys choose, without a server; run as a script that prints it as JSON.

A process of its own, since Locust patches the one it is in.
"""

import json
import random
import sys
from collections.abc import Callable
from typing import Any

from loadtests.scenarios import browse, buy, edit, search

PRODUCTS = 40
TIMES = 300


def asked(user: Any, task: Callable[[Any], None]) -> list[tuple[str, Any]]:
    """The paths and the bodies that somebody sends in one task."""
    sent: list[tuple[str, Any]] = []

    def ask(path: str, *, body: Any = None, **_: Any) -> Any:
        sent.append((path, body))
        return {
            "results": [{"id": number, "name": f"name-{number}"} for number in range(PRODUCTS)],
            "count": PRODUCTS * 20,
            "customer_id": 3,
            "description": "",
        }

    user.ask = user.ask_signed_in = ask
    user.wait = lambda: None
    task(user)
    return sent


def new(kind: type, **attributes: Any) -> Any:
    """A user without Locust's environment."""
    user = kind.__new__(kind)
    vars(user).update(attributes)
    return user


def search_for() -> list[tuple[str, Any]]:
    """What somebody sends who searches once."""
    kind = search.Searcher.Search
    user = new(search.Searcher)
    tasks = new(kind, _user=user)
    steps = (kind.open_the_form, kind.look_for_the_word, kind.look_at_a_hit)
    return [each for step in steps for each in asked(user, lambda _, step=step: step(tasks))]


def main() -> None:
    random.seed(int(sys.argv[1]))
    visitor = new(browse.Visitor, seen=[], pages=PRODUCTS)
    customer = new(buy.Customer, email="customer3@shop.example")
    editor = new(edit.Administrator)
    found = {
        "seconds": [visitor.wait_time() for _ in range(TIMES)],
        "page": [asked(visitor, browse.Visitor.look_at_a_list)[0] for _ in range(TIMES)],
        "viewed": [asked(visitor, browse.Visitor.look_at_a_product)[0] for _ in range(TIMES)],
        "chosen": [asked(customer, buy.Customer.choose_a_product)[-1] for _ in range(TIMES)],
        "bought": [asked(customer, buy.Customer.check_out)[-1] for _ in range(TIMES)],
        "word": [search_for()[1] for _ in range(TIMES)],
        "hit": [search_for()[2] for _ in range(TIMES)],
        "edited": [asked(editor, edit.Administrator.edit_a_product)[-1] for _ in range(TIMES)],
    }
    print(json.dumps(found))  # noqa: T201


if __name__ == "__main__":
    main()
