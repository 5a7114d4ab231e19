"""Signing in, staying signed in, and what ends it.

`purge` is for a schedule, once a day: Celery's beat has it done, or where there is none, cron by
`manage.py purge_tokens`.
"""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from django.contrib.auth import authenticate
from django.db import transaction
from django.utils import timezone
from rest_framework_simplejwt.settings import api_settings

from app.accounts import throttle, tokens
from app.accounts.errors import InvalidTokenError, UsedTokenError, WrongCredentialsError
from app.accounts.models import SignInFailures, TokenFamily, User
from app.accounts.tokens import RefreshClaims, TokenPair
from headtohead.django import seam

# How long a token that has just been used is met again without suspicion. A browser with two tabs,
# or a client with several requests under way, refreshes more than once with one token, within
# moments. None but the first gets tokens, so single use is kept; to revoke the family as well would
# sign honest users out. A thief who comes second gets nothing. One who comes first keeps the family
# if its owner tries within this time and never again; the owner's next try later on ends it, as do
# another password and, 14 days after signing in, its age. A client whose answer was lost on the way
# cannot ask for it again and has to sign in, because an answer given twice would serve a thief too.
GRACE = timedelta(seconds=10)


def sign_in(*, email: str, password: str, address: str) -> TokenPair:
    """Begin a family of tokens.

    An unknown account costs a hash as well, so that the time does not tell who has an account.

    Args:
        email: The account.
        password: Its password.
        address: The client's, from `throttle.client_address`.

    Raises:
        TooManyFailuresError: This account or this address failed too often.
        WrongCredentialsError: Account and password do not belong together.
    """
    with throttle.only_failures_count(email=email, address=address):
        user = authenticate(username=email, password=password)
        if user is None:
            raise WrongCredentialsError
        return _begin(user)


@transaction.atomic
def _begin(user: User) -> TokenPair:
    # Checking a password takes long enough for it to be changed, or the user to be deactivated,
    # meanwhile. What revokes tokens then would not yet see this family, so the user is held.
    unchanged = User.objects.select_for_update(no_key=True).filter(
        pk=user.pk, password=user.password, is_active=True
    )
    if not unchanged.exists():
        raise WrongCredentialsError
    family = TokenFamily.objects.create(
        user=user,
        current=uuid4(),
        # A token's times are in whole seconds.
        expires_at=(timezone.now() + api_settings.REFRESH_TOKEN_LIFETIME).replace(microsecond=0),
    )
    return tokens.sign(
        RefreshClaims(
            id=family.current,
            family=family.pk,
            user=str(user.pk),
            expires_at=family.expires_at,
        )
    )


@seam
def refresh(*, token: str) -> TokenPair:
    """Exchange a refresh token for the next pair of its family.

    The exchange is one conditional UPDATE, so that of any number of simultaneous attempts exactly
    one finds the token current. A family ends with its first token; refreshing does not prolong it.

    Args:
        token: The refresh token, which is used up.

    Raises:
        InvalidTokenError: It does not count, or it was used before, which revokes its family.
        UsedTokenError: It was used less than `GRACE` ago, and nothing has been revoked.
    """
    used = tokens.read_refresh(token)
    successor = replace(used, id=uuid4())
    now = timezone.now()
    family = TokenFamily.objects.filter(pk=used.family, revoked_at=None)
    if family.filter(current=used.id).update(
        current=successor.id, previous=used.id, rotated_at=now
    ):
        return tokens.sign(successor)
    if family.filter(previous=used.id, rotated_at__gt=now - GRACE).exists():
        raise UsedTokenError
    family.update(revoked_at=now)
    raise InvalidTokenError


def sign_out(*, token: str) -> None:
    """Revoke the family of a refresh token, used or not.

    Raises:
        InvalidTokenError: It is not signed by us, not a refresh token, or expired.
    """
    claims = tokens.read_refresh(token)
    TokenFamily.objects.filter(pk=claims.family, revoked_at=None).update(revoked_at=timezone.now())


def password_change(*, user: User, current_password: str, new_password: str, address: str) -> None:
    """Give a user another password, which revokes all tokens of the user.

    Args:
        user: Whose password.
        current_password: The password so far; guessing it is limited as it is for signing in.
        new_password: A password that the validators accept.
        address: The client's, from `throttle.client_address`.

    Raises:
        TooManyFailuresError: This account or this address failed too often.
        WrongCredentialsError: The current password is another.
    """
    with throttle.only_failures_count(email=user.email, address=address):
        if not user.check_password(current_password):
            raise WrongCredentialsError
        user.set_password(new_password)
        user.save(update_fields=["password"])


def purge() -> int:
    """Delete token families and counters of failures whose time is over.

    Returns:
        How many families there were.
    """
    now = timezone.now()
    families, _ = TokenFamily.objects.filter(expires_at__lte=now).delete()
    SignInFailures.objects.filter(resets_at__lte=now).delete()
    return families
