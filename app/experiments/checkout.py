"""The work that follows an order, in the request or left to a Celery task.

The order and its payment are the same for all; what differs is who puts the stock aside and writes
the confirmation: the request itself in its transaction (`inline`), a task that is handed over when
the transaction is committed (`task`), one that is noted in the database with the order, too
(`outbox`), or one that is handed over within the transaction (`early-task`), which is the usual
mistake: a worker may be faster than the commit, and a rollback leaves a ghost of a task.

An audit kills the processes that take orders, again and again. Between the commit and handing the
task over there is a moment in which `task` loses an order for good: it is there, and nobody follows
it up. The outbox costs a row in the order's transaction, and loses none: whatever is still noted is
handed over again.

Measured is how long the customer waits for the answer, not how long the work takes: a task takes no
less work, it takes it later, and the worker runs on the cores that the API has, where it slows down
the requests that come next, whoever sends them. Rows do not grow: the request names the same order
each time, and every write is made in place; a note is there for as long as its task is not done.
"""

import json
import os
import signal
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from math import ceil
from pathlib import Path
from time import monotonic, sleep

from headtohead.audit import AuditedVariant, Fact
from headtohead.errors import MeasurementError
from headtohead.experiment import Experiment, Request, Variant

# Not the first customer, whose history others ask for.
CUSTOMER = "/api/customers/2"
ORDERS, DECLINED, USERS = 100, 20, 8
PATIENCE = 60.0  # seconds, after which work that has not arrived counts as lost
# How often all processes are killed, with how many orders under way. That one dies at the wrong
# moment takes a few deaths, but not this many.
DEATHS, MOST_DEATHS, ORDERS_PER_DEATH, ANSWERS_BEFORE_DEATH = 5, 40, 16, 2


def _order_of(products: int) -> Request:
    items = [{"product_id": number, "quantity": 1} for number in range(1, products + 1)]
    return Request(
        method="POST",
        path=f"{CUSTOMER}/checkout/",
        headers={"Content-Type": "application/json"},
        body=json.dumps({"reference": "measured", "card": "measured", "items": items}),
    )


def audit(variant: AuditedVariant) -> Iterator[Fact]:
    """Whether work is lost, how long it waits, and whether a rollback leaves a task behind."""
    mark = variant.variant_name[:2]  # variants share a shop, and references are short
    accepted = _place(variant, [f"{mark}{number}" for number in range(ORDERS)], card="good")
    refused = [f"{mark}x{number}" for number in range(DECLINED)]
    accepted += _place(variant, refused, card="declined")
    # Tasks run in the order in which they are handed over: with this one done, all are.
    accepted += _place(variant, [f"{mark}last"], card="good")
    done = [_awaited(variant, reference) for reference in reversed(accepted)]
    ghosts = sum(_fulfilment(variant, reference) is not None for reference in refused)
    lost = sum(not each or each["outcome"] != "done" for each in done)
    waits = sorted(_wait_ms(each) for each in done if each)
    early = variant.variant_name == "early-task"
    yield Fact(
        name="orders accepted",
        value=len(accepted),
        expected=f"{ORDERS + 1}, none unpaid",
        holds=len(accepted) == ORDERS + 1,
    )
    yield Fact(
        name="orders lost",
        value=lost,
        expected="" if early else "0",  # its worker races the commit, and may win or not
        holds=early or lost == 0,
    )
    yield Fact(
        name=f"ghost tasks of {DECLINED} rollbacks",
        value=ghosts,
        expected="more than 0: the lesson" if early else "0",
        holds=(ghosts > 0) is early,
    )
    if waits:
        yield Fact(name="queue lag, median", value=_percentile(waits, 50), unit="ms")
        yield Fact(name="queue lag, 99th percentile", value=_percentile(waits, 99), unit="ms")
    if not early:
        yield from _deaths(variant)


def _deaths(variant: AuditedVariant) -> Iterator[Fact]:
    """Kill what takes orders while it does, and count those that nobody follows up."""
    name = variant.variant_name
    server = _parent(variant.processes[0])  # which starts new ones in their places
    lesson = name == "task"
    deaths, left = 0, []
    while deaths < DEATHS or (lesson and not left and deaths < MOST_DEATHS):
        references = [f"{name[:2]}{deaths:02}d{number}" for number in range(ORDERS_PER_DEATH)]
        _place_until_death(variant, references, server=server)
        # Tasks run in the order in which they are handed over: with this one done, all are.
        for reference in _place(variant, [f"{name[:2]}{deaths:02}end"], card="good"):
            _awaited(variant, reference)
        committed = _committed(variant, references)
        left += [each for each in committed if _fulfilment(variant, each) is None]
        deaths += 1
    # What is noted nowhere, nobody comes upon later.
    patience = 0.0 if lesson else PATIENCE
    lost = sum(_awaited(variant, each, patience=patience) is None for each in left)
    yield Fact(name="times that all processes were killed", value=deaths)
    yield Fact(
        name="orders lost with their process",
        value=lost,
        expected="more than 0: the lesson" if lesson else "0",
        holds=bool(lost) is lesson,
    )


def _place_until_death(variant: AuditedVariant, references: Sequence[str], *, server: int) -> None:
    """Place orders, and kill the processes that take them.

    At the first answers, since everything takes longest in a process that is new: between the
    commit and handing over, too, where it has to connect.
    """
    answered = threading.Semaphore(0)

    def place(reference: str) -> None:
        try:
            _place(variant, [reference], card="good")
        except MeasurementError:
            pass  # it died, and nobody knows whether the order is there
        finally:
            answered.release()

    def kill() -> None:
        for _ in range(ANSWERS_BEFORE_DEATH):
            answered.acquire(timeout=PATIENCE)
        for process in _children(server):
            os.kill(process, signal.SIGKILL)

    variant.concurrently([kill, *(partial(place, each) for each in references)], users=USERS + 1)


def _parent(process: int) -> int:
    # After the name of the program, which is in brackets and may hold anything.
    state = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2]
    return int(state.split()[1])


def _children(process: int) -> list[int]:
    listed = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii")
    return [int(each) for each in listed.split()]


def _committed(variant: AuditedVariant, references: Sequence[str]) -> list[str]:
    """Those of the references of which there is an order."""
    newest = variant.require(Request(path=f"{CUSTOMER}/orders/?page_size=100"))
    numbers = {each["number"] for each in json.loads(newest.body)["results"]}
    return [each for each in references if f"C-2-{each}" in numbers]


def _place(variant: AuditedVariant, references: Sequence[str], *, card: str) -> list[str]:
    """Place an order of each reference, several at a time; those that were acknowledged."""
    order = json.loads(CHECKOUT.request.body or "")

    def place(reference: str) -> bool:
        body = json.dumps(order | {"reference": reference, "card": card})
        return variant.send(replace(CHECKOUT.request, body=body)).status == 201

    placed = variant.concurrently([partial(place, each) for each in references], users=USERS)
    return [reference for reference, ok in zip(references, placed, strict=True) if ok]


def _awaited(
    variant: AuditedVariant, reference: str, *, patience: float = PATIENCE
) -> dict[str, str] | None:
    deadline = monotonic() + patience
    while (found := _fulfilment(variant, reference)) is None and monotonic() < deadline:
        sleep(0.05)
    return found


def _fulfilment(variant: AuditedVariant, reference: str) -> dict[str, str] | None:
    """What became of the work that follows an order; None while nothing did."""
    answer = variant.send(Request(path=f"{CUSTOMER}/orders/{reference}/fulfilment/"))
    found: dict[str, str] | None = json.loads(answer.body) if answer.status == 200 else None
    return found


def _wait_ms(fulfilment: dict[str, str]) -> float:
    requested, started = (
        datetime.fromisoformat(fulfilment[name]) for name in ("requested_at", "started_at")
    )
    return (started - requested).total_seconds() * 1000


def _percentile(ordered: Sequence[float], percent: int) -> float:
    """The smallest of the values that so many per cent of them do not exceed."""
    return ordered[ceil(len(ordered) * percent / 100) - 1]


CHECKOUT = Experiment(
    name="checkout",
    question="How much faster is an order accepted when a task does the work that follows it?",
    request=_order_of(4),
    seam="app.orders.handover.fulfilment_request",
    baseline=Variant(name="inline", selector="app.orders.handover.fulfilment_request_inline"),
    variants=(
        Variant(name="task", selector="app.orders.handover.fulfilment_request_after_commit"),
        Variant(name="outbox", selector="app.orders.handover.fulfilment_request"),
        Variant(name="early-task", selector="app.orders.handover.fulfilment_request_early"),
    ),
    request_at_double_rows=_order_of(8),
    needs=("celery",),
    audit="app.experiments.checkout.audit",
)
