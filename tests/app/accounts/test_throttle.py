from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from app.accounts.errors import TooManyFailuresError
from app.accounts.models import SignInFailures
from app.accounts.throttle import ACCOUNT, ADDRESS, PERIOD, client_address, only_failures_count

PROXY = "10.0.0.1"


class FailureError(Exception):
    """The password was wrong."""


def fail(*, email: str = "ada@shop.example", address: str = "192.0.2.1") -> None:
    with pytest.raises(FailureError), only_failures_count(email=email, address=address):
        raise FailureError


def succeed(*, email: str = "ada@shop.example", address: str = "192.0.2.1") -> None:
    with only_failures_count(email=email, address=address):
        pass


def seen_from(forwarded: str | None, *, remote: str = PROXY) -> str:
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    return client_address(
        Request(APIRequestFactory().post("/", headers=headers, REMOTE_ADDR=remote))
    )


@pytest.fixture
def proxies(settings: Settings) -> Callable[[int], None]:
    def behind(number: int) -> None:
        settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"NUM_PROXIES": number}

    return behind


@pytest.mark.django_db
def test_an_account_may_fail_ten_times_from_whatever_addresses() -> None:
    for number in range(ACCOUNT.failures):
        fail(address=f"192.0.2.{number}")
    with pytest.raises(TooManyFailuresError) as refusal:
        succeed(address="198.51.100.1")
    assert 0 < refusal.value.wait <= PERIOD.total_seconds()
    succeed(email="ben@shop.example")


@pytest.mark.django_db
def test_an_address_may_fail_fifty_times_with_whatever_accounts() -> None:
    for number in range(ADDRESS.failures):
        fail(email=f"ada{number}@shop.example")
    with pytest.raises(TooManyFailuresError):
        succeed(email="ben@shop.example")
    succeed(email="ben@shop.example", address="192.0.2.2")


@pytest.mark.django_db
def test_the_case_of_an_email_address_makes_no_other_account() -> None:
    for number in range(ACCOUNT.failures):
        fail(email="Ada@Shop.example" if number % 2 else "ada@shop.example")
    with pytest.raises(TooManyFailuresError):
        succeed(email="ADA@shop.example")


@pytest.mark.django_db
def test_what_goes_well_is_not_counted_and_forgives_nothing() -> None:
    for _ in range(ACCOUNT.failures - 1):
        fail()
    for _ in range(ACCOUNT.failures):
        succeed()
    fail()
    with pytest.raises(TooManyFailuresError):
        succeed()


@pytest.mark.django_db
def test_failures_are_forgotten_after_the_period() -> None:
    for _ in range(ACCOUNT.failures):
        fail()
    SignInFailures.objects.update(resets_at=timezone.now())
    fail()
    assert set(SignInFailures.objects.values_list("count", flat=True)) == {1}
    ends = SignInFailures.objects.earliest("resets_at").resets_at
    assert ends > timezone.now() + PERIOD - timedelta(minutes=1)


@pytest.mark.django_db(transaction=True)
def test_however_many_attempts_run_at_once_no_more_than_the_limit_are_made() -> None:
    def attempt(_: int) -> bool:
        try:
            fail()
        except TooManyFailuresError:
            return False
        else:
            return True
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(attempt, range(40)))
    assert sum(made) == ACCOUNT.failures


@pytest.mark.parametrize("forwarded", [None, "198.51.100.7", "198.51.100.7, 198.51.100.8", "", ","])
def test_without_proxies_what_is_forwarded_is_ignored(forwarded: str | None) -> None:
    assert seen_from(forwarded, remote="192.0.2.1") == "192.0.2.1"


@pytest.mark.parametrize(
    ("number", "forwarded"),
    [
        (1, "192.0.2.1"),
        (1, "198.51.100.7, 192.0.2.1"),
        (1, "198.51.100.7,198.51.100.8,  192.0.2.1"),
        (1, ", ,evil, 192.0.2.1"),
        (2, "198.51.100.7, 192.0.2.1, 10.0.0.2"),
        (2, f"{'198.51.100.7, ' * 1000}192.0.2.1, 10.0.0.2"),
    ],
)
def test_behind_proxies_only_what_they_have_added_counts(
    proxies: Callable[[int], None], number: int, forwarded: str
) -> None:
    proxies(number)
    assert seen_from(forwarded) == "192.0.2.1"


def test_behind_a_proxy_a_request_that_came_past_it_has_its_own_address(
    proxies: Callable[[int], None],
) -> None:
    proxies(1)
    assert seen_from(None, remote="192.0.2.1") == "192.0.2.1"


@pytest.mark.parametrize(
    ("remote", "address"),
    [
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::ffff", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("", ""),
        ("unknown", "unknown"),
    ],
)
def test_addresses_of_one_client_are_one(remote: str, address: str) -> None:
    assert seen_from(None, remote=remote) == address
