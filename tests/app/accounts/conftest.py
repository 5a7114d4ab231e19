"""What the tests of signing in share."""

from datetime import timedelta

import pytest
from rest_framework.test import APIClient

from app.accounts import services
from app.accounts.models import User
from app.accounts.tokens import TokenPair
from tests.app.factories import PASSWORD, make_user


@pytest.fixture(autouse=True)
def grace_that_outlasts_any_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "GRACE", timedelta(hours=1))


@pytest.fixture
def user(db: None) -> User:
    return make_user(password=PASSWORD)


@pytest.fixture
def pair(api: APIClient, user: User) -> TokenPair:
    """Tokens of the user, who has just signed in."""
    return api.post("/api/auth/login/", {"email": user.email, "password": PASSWORD}).json()
