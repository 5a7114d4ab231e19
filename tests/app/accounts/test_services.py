from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from django.utils import timezone

from app.accounts import services
from app.accounts.errors import InvalidTokenError, UsedTokenError, WrongCredentialsError
from app.accounts.models import SignInFailures, TokenFamily, User
from app.accounts.tokens import TokenPair, read_refresh
from tests.app.concurrency import held_back_until_all_wait
from tests.app.factories import PASSWORD, make_user

ADDRESS = "192.0.2.1"


def sign_in(user: User, password: str = PASSWORD) -> TokenPair:
    return services.sign_in(email=user.email, password=password, address=ADDRESS)


def the_grace_is_over() -> None:
    TokenFamily.objects.update(rotated_at=timezone.now() - services.GRACE)


def is_revoked(pair: TokenPair) -> bool:
    family = TokenFamily.objects.get(pk=read_refresh(pair["refresh"]).family)
    return family.revoked_at is not None


def outcome(future: Future[TokenPair]) -> TokenPair | type[BaseException]:
    error = future.exception()
    return type(error) if error else future.result()


@pytest.mark.django_db(transaction=True)
def test_of_four_refreshes_at_once_exactly_one_succeeds_and_nobody_is_signed_out(
    threads: ThreadPoolExecutor, user: User
) -> None:
    newest = sign_in(user)
    for _ in range(10):
        token = newest["refresh"]
        with held_back_until_all_wait(user.token_families.all(), number=4):
            attempts = [threads.submit(services.refresh, token=token) for _ in range(4)]
        outcomes = [outcome(attempt) for attempt in attempts]
        pairs = [each for each in outcomes if isinstance(each, dict)]
        assert (len(pairs), outcomes.count(UsedTokenError)) == (1, 3)
        newest = pairs[0]
    assert services.refresh(token=newest["refresh"])


@pytest.mark.django_db(transaction=True)
def test_a_password_changed_during_a_refresh_leaves_no_token_that_counts(
    threads: ThreadPoolExecutor, user: User
) -> None:
    pair = sign_in(user)
    with held_back_until_all_wait(user.token_families.all(), number=2):
        changing = threads.submit(User.objects.filter(pk=user.pk).update, password="another")
        refreshing = threads.submit(services.refresh, token=pair["refresh"])
    changing.result()
    outcome(refreshing)
    assert is_revoked(pair)


@pytest.mark.django_db
def test_a_refresh_token_is_exchanged_for_another_of_its_family(user: User) -> None:
    first = sign_in(user)
    second = services.refresh(token=first["refresh"])
    before, after = read_refresh(first["refresh"]), read_refresh(second["refresh"])
    assert before.id != after.id
    assert (before.family, before.user) == (after.family, after.user)


@pytest.mark.django_db
def test_refreshing_does_not_prolong_the_family(user: User) -> None:
    pair = sign_in(user)
    ends = read_refresh(pair["refresh"]).expires_at
    pair = services.refresh(token=pair["refresh"])
    assert read_refresh(pair["refresh"]).expires_at == ends
    assert TokenFamily.objects.get().expires_at == ends


@pytest.mark.django_db
def test_a_token_used_again_later_revokes_its_family_and_no_other(user: User) -> None:
    stolen, elsewhere = sign_in(user), sign_in(user)
    newest = services.refresh(token=stolen["refresh"])
    the_grace_is_over()
    with pytest.raises(InvalidTokenError):
        services.refresh(token=stolen["refresh"])
    with pytest.raises(InvalidTokenError):
        services.refresh(token=newest["refresh"])
    assert services.refresh(token=elsewhere["refresh"])


@pytest.mark.django_db
def test_a_token_used_again_within_the_grace_gets_nothing_and_revokes_nothing(user: User) -> None:
    first = sign_in(user)
    second = services.refresh(token=first["refresh"])
    with pytest.raises(UsedTokenError):
        services.refresh(token=first["refresh"])
    assert services.refresh(token=second["refresh"])


@pytest.mark.django_db
def test_the_grace_is_for_the_last_token_alone(user: User) -> None:
    first = sign_in(user)
    second = services.refresh(token=first["refresh"])
    services.refresh(token=second["refresh"])
    with pytest.raises(InvalidTokenError):
        services.refresh(token=first["refresh"])
    assert is_revoked(first)


@pytest.mark.django_db
@pytest.mark.parametrize("refreshes", [0, 1])
def test_signing_out_with_any_token_revokes_the_family(user: User, refreshes: int) -> None:
    first = newest = sign_in(user)
    for _ in range(refreshes):
        newest = services.refresh(token=newest["refresh"])
    services.sign_out(token=first["refresh"])
    with pytest.raises(InvalidTokenError):
        services.refresh(token=newest["refresh"])


@pytest.mark.django_db
def test_signing_out_twice_keeps_the_first_time(user: User) -> None:
    pair = sign_in(user)
    services.sign_out(token=pair["refresh"])
    revoked_at = TokenFamily.objects.get().revoked_at
    services.sign_out(token=pair["refresh"])
    assert TokenFamily.objects.get().revoked_at == revoked_at


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        lambda users: users.update(password="another"),
        lambda users: users.update(is_active=False),
        lambda users: users.delete(),
    ],
)
def test_a_user_changed_while_the_password_is_hashed_is_not_let_in(
    user: User, change: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow_authenticate(**credentials: str) -> User:
        change(User.objects.filter(pk=user.pk))
        return user

    monkeypatch.setattr(services, "authenticate", slow_authenticate)
    with pytest.raises(WrongCredentialsError):
        sign_in(user)
    assert not TokenFamily.objects.exists()


@pytest.mark.django_db
def test_unknown_accounts_and_known_ones_cost_a_hash_each(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed = []
    encode = "django.contrib.auth.hashers.MD5PasswordHasher.encode"
    monkeypatch.setattr(encode, lambda self, password, salt: hashed.append(password) or "md5$s$x")
    for email in (user.email, "nobody@shop.example"):
        with pytest.raises(WrongCredentialsError):
            services.sign_in(email=email, password="guess", address=ADDRESS)
    assert hashed == ["guess", "guess"]


@pytest.mark.django_db
def test_purging_deletes_what_is_over_and_nothing_else(user: User) -> None:
    expired, lasting = sign_in(user), sign_in(make_user(password=PASSWORD))
    SignInFailures.objects.update(resets_at=timezone.now())
    with pytest.raises(WrongCredentialsError):
        services.sign_in(email="nobody@shop.example", password="guess", address="192.0.2.2")
    TokenFamily.objects.filter(pk=read_refresh(expired["refresh"]).family).update(
        expires_at=timezone.now()
    )
    assert services.purge() == 1
    assert TokenFamily.objects.get().pk == read_refresh(lasting["refresh"]).family
    assert SignInFailures.objects.count() == 2
    assert services.purge() == 0


@pytest.mark.django_db
def test_a_purged_family_does_not_count(user: User) -> None:
    pair = sign_in(user)
    TokenFamily.objects.all().delete()
    with pytest.raises(InvalidTokenError):
        services.refresh(token=pair["refresh"])
