"""Access and refresh tokens as they travel: signed JSON web tokens (RFC 7519).

Both name their family, which alone decides whether they still count.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypedDict
from uuid import UUID

from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.tokens import RefreshToken

from app.accounts.errors import InvalidTokenError

FAMILY_CLAIM = "family"


class TokenPair(TypedDict):
    """What a client gets when it signs in and at each refresh."""

    access: str
    refresh: str


@dataclass(frozen=True, kw_only=True)
class RefreshClaims:
    """What a refresh token says.

    Attributes:
        id: Its own id, by which it is known to have been used.
        family: The id of its family.
        user: The id of the user who signed in.
        expires_at: When the family ends, in whole seconds.
    """

    id: UUID
    family: UUID
    user: str
    expires_at: datetime


def sign(claims: RefreshClaims) -> TokenPair:
    """The refresh token of these claims, and an access token that does not outlive it."""
    refresh = RefreshToken()
    expires = int(claims.expires_at.timestamp())
    refresh.payload |= {
        "jti": claims.id.hex,
        "sub": claims.user,
        "exp": expires,
        FAMILY_CLAIM: str(claims.family),
    }
    access = refresh.access_token
    access["exp"] = min(access["exp"], expires)
    return TokenPair(access=str(access), refresh=str(refresh))


def read_refresh(token: str) -> RefreshClaims:
    """The claims of a refresh token.

    Raises:
        InvalidTokenError: It is not signed by us, no refresh token of a family, or expired.
    """
    try:
        payload = RefreshToken(token).payload
        return RefreshClaims(
            id=UUID(payload["jti"]),
            family=UUID(payload[FAMILY_CLAIM]),
            user=payload["sub"],
            expires_at=datetime.fromtimestamp(payload["exp"], tz=UTC),
        )
    # What we have signed, for something else or in another version, may claim anything.
    except (TokenError, KeyError, TypeError, AttributeError, ValueError, OverflowError) as error:
        raise InvalidTokenError from error
