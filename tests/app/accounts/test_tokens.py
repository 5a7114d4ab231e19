from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import jwt
import pytest
from django.conf import settings
from rest_framework_simplejwt.tokens import AccessToken

from app.accounts.errors import InvalidTokenError
from app.accounts.tokens import RefreshClaims, read_refresh, sign

CLAIMS = RefreshClaims(
    id=UUID(int=1),
    family=UUID(int=2),
    user="3",
    expires_at=datetime(2126, 1, 1, tzinfo=UTC),
)


def forged(key: str = settings.JWT_SIGNING_KEY, algorithm: str = "HS256", **claims: object) -> str:
    """A refresh token with other claims, or signed in another way."""
    payload = jwt.decode(sign(CLAIMS)["refresh"], options={"verify_signature": False})
    return jwt.encode(payload | claims, key, algorithm=algorithm)


def without(claim: str) -> str:
    """A refresh token of ours that lacks a claim."""
    payload = jwt.decode(sign(CLAIMS)["refresh"], options={"verify_signature": False})
    del payload[claim]
    return jwt.encode(payload, settings.JWT_SIGNING_KEY, algorithm="HS256")


def test_claims_round_trip() -> None:
    assert read_refresh(sign(CLAIMS)["refresh"]) == CLAIMS
    assert read_refresh(forged()) == CLAIMS


def test_an_access_token_lasts_five_minutes_and_no_longer_than_its_family() -> None:
    access = AccessToken(sign(CLAIMS)["access"])
    assert access["exp"] - access["iat"] == 300
    soon = (datetime.now(UTC) + timedelta(minutes=1)).replace(microsecond=0)
    pair = sign(replace(CLAIMS, expires_at=soon))
    assert AccessToken(pair["access"])["exp"] == soon.timestamp()


@pytest.mark.parametrize(
    "token",
    [
        pytest.param("", id="empty"),
        pytest.param("a.b.c", id="garbage"),
        pytest.param("é\x00", id="not ASCII"),
        pytest.param(sign(CLAIMS)["access"], id="an access token"),
        pytest.param(sign(CLAIMS)["refresh"][:-4] + "AAAA", id="another signature"),
        pytest.param(forged(settings.SECRET_KEY.ljust(32)), id="another key"),
        pytest.param(forged("", "none"), id="unsigned"),
        pytest.param(forged(algorithm="HS512"), id="another algorithm"),
        pytest.param(forged(exp=1), id="expired"),
        pytest.param(forged(jti="x"), id="an id that is none"),
        pytest.param(forged(family="x"), id="a family that is none"),
        pytest.param(forged(family=None), id="no family"),
        pytest.param(forged(family=["x"]), id="several families"),
        pytest.param(forged(exp=10**30), id="no end"),
        pytest.param(without("family"), id="without a family"),
        pytest.param(without("sub"), id="without a user"),
    ],
)
def test_other_tokens_are_refused(token: str) -> None:
    with pytest.raises(InvalidTokenError):
        read_refresh(token)
