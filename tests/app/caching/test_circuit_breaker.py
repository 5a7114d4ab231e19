import pytest

from app.caching.circuit_breaker import CircuitBreaker
from tests.app.caching.conftest import Clock


@pytest.fixture
def breaker(clock: Clock) -> CircuitBreaker:
    return CircuitBreaker(failures=3, pause=5.0, clock=clock)


def fail(breaker: CircuitBreaker, times: int) -> None:
    for _ in range(times):
        breaker.failed()


def test_fewer_failures_than_it_takes_let_calls_through(breaker: CircuitBreaker) -> None:
    fail(breaker, 2)
    assert breaker.allows()


def test_failures_in_a_row_open_it(breaker: CircuitBreaker) -> None:
    fail(breaker, 3)
    assert not breaker.allows()


def test_a_success_in_between_starts_the_count_anew(breaker: CircuitBreaker) -> None:
    fail(breaker, 2)
    breaker.succeeded()
    fail(breaker, 2)
    assert breaker.allows()


def test_after_the_pause_one_call_finds_out_while_others_wait(
    breaker: CircuitBreaker, clock: Clock
) -> None:
    fail(breaker, 3)
    clock.now = 4.9
    assert not breaker.allows()
    clock.now = 5.0
    assert [breaker.allows() for _ in range(3)] == [True, False, False]


def test_the_success_of_that_call_closes_it(breaker: CircuitBreaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.now = 5.0
    assert breaker.allows()
    breaker.succeeded()
    assert all(breaker.allows() for _ in range(3))


def test_the_failure_of_that_call_begins_another_pause(
    breaker: CircuitBreaker, clock: Clock
) -> None:
    fail(breaker, 3)
    clock.now = 6.0
    assert breaker.allows()
    breaker.failed()
    clock.now = 10.9
    assert not breaker.allows()
    clock.now = 11.0
    assert breaker.allows()
