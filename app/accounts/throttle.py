"""How often signing in may fail, for one account and from one address.

The counters live in PostgreSQL, beside the passwords. A cache may be down or evict them, and then
guessing would be free or signing in impossible; an attempt costs two short statements here and the
slow hash of a password anyway.

An attempt is counted before its password is looked at, and given back when the password was right.
Thus only failures count, and however many attempts run at once, no more passwords are tried than
the limit allows.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from ipaddress import IPv6Address, ip_address, ip_network

from django.db import connection
from django.db.models import F
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from app.accounts.errors import TooManyFailuresError
from app.accounts.models import SignInFailures

PERIOD = timedelta(minutes=15)


@dataclass(frozen=True, kw_only=True)
class Limit:
    """So many failures may a subject of this kind have in a period."""

    kind: str
    failures: int

    def key(self, subject: str) -> str:
        """What the counter is stored under; of one length, whatever was sent."""
        return sha256(f"{self.kind}:{subject}".encode()).hexdigest()


# Guessing from many addresses is stopped too, at the price that others can keep an account from
# being signed in to; who is signed in stays so.
ACCOUNT = Limit(kind="account", failures=10)
# Many people may share an address.
ADDRESS = Limit(kind="address", failures=50)


def client_address(request: Request) -> str:
    """The client's address, as far as it can be known.

    X-Forwarded-For counts only from its end, and only as many entries as REST framework's
    NUM_PROXIES says there are proxies of ours; what is before them anybody may have written. Of an
    IPv6 address the first half counts, since the other half is for its owner to choose.
    """
    written = BaseThrottle().get_ident(request)
    try:
        address = ip_address(written)
    except ValueError:
        return written
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ip_network((address.packed, 64), strict=False))


@contextmanager
def only_failures_count(*, email: str, address: str) -> Iterator[None]:
    """Count an attempt to sign in, unless it goes well.

    Raises:
        TooManyFailuresError: There were too many already; the attempt must not be made.
    """
    limits = {ADDRESS.key(address): ADDRESS, ACCOUNT.key(email.lower()): ACCOUNT}
    for key, limit in limits.items():
        _count(key, at_most=limit.failures)
    yield
    # One by one: whoever holds two counters at once may wait for another who does.
    for key in limits:
        SignInFailures.objects.filter(key=key, count__gt=0).update(count=F("count") - 1)


def _count(key: str, *, at_most: int) -> None:
    """Count one more in a single statement, so that no two attempts take the same place."""
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO accounts_signinfailures AS counter (key, count, resets_at)
            VALUES (%(key)s, 1, %(reset)s)
            ON CONFLICT (key) DO UPDATE SET
                count = CASE WHEN counter.resets_at <= %(now)s THEN 1 ELSE counter.count + 1 END,
                resets_at = CASE
                    WHEN counter.resets_at <= %(now)s THEN %(reset)s ELSE counter.resets_at
                END
            WHERE counter.resets_at <= %(now)s OR counter.count < %(at_most)s
            """,
            {"key": key, "now": now, "reset": now + PERIOD, "at_most": at_most},
        )
        counted = cursor.rowcount == 1
    if not counted:
        raise TooManyFailuresError(wait=_seconds_until_reset(key, now=now))


def _seconds_until_reset(key: str, *, now: datetime) -> float:
    counter = SignInFailures.objects.filter(key=key).first()
    return (counter.resets_at - now).total_seconds() if counter else 0.0
