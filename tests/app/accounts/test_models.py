import uuid

import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.db import IntegrityError, connection
from django.utils import timezone

from app.accounts.models import Customer, TokenFamily, User
from tests.app.factories import make_customer, make_user

pytestmark = pytest.mark.django_db


def test_an_email_address_signs_in_in_any_case() -> None:
    user = User.objects.create_user("Ada@Shop.example", "correct horse")
    assert authenticate(username="ADA@shop.EXAMPLE", password="correct horse") == user


def test_a_user_without_a_password_cannot_sign_in() -> None:
    user = User.objects.create_user("ada@shop.example")
    assert not user.has_usable_password()


def test_a_superuser_is_staff_and_may_do_everything() -> None:
    user = User.objects.create_superuser("ada@shop.example", "correct horse")
    user.refresh_from_db()
    assert user.is_staff
    assert user.has_perm("catalog.change_product")


@pytest.mark.parametrize("model", [User, Customer])
def test_two_spellings_of_one_email_address_are_one(model: type[User] | type[Customer]) -> None:
    model.objects.create(email="ada@shop.example")
    with pytest.raises(IntegrityError, match="email_unique"):
        model.objects.create(email="ADA@shop.example")


@pytest.mark.parametrize("model", [User, Customer])
def test_the_database_itself_refuses_capitals(model: type[User] | type[Customer]) -> None:
    row = model.objects.create(email="ada@shop.example")
    with (
        connection.cursor() as cursor,
        pytest.raises(IntegrityError, match="email_lower_case"),
    ):
        cursor.execute(
            f"UPDATE {model._meta.db_table} SET email = 'Ada@shop.example' WHERE id = %s",  # noqa: S608
            [row.pk],
        )


def test_a_customer_outlives_the_account() -> None:
    user = make_user()
    customer = make_customer(user=user)
    user.delete()
    customer.refresh_from_db()
    assert customer.user is None


def test_an_account_belongs_to_one_customer() -> None:
    user = make_user()
    make_customer(user=user)
    with pytest.raises(IntegrityError, match="user_id"):
        make_customer(user=user)


def make_family(user: User) -> TokenFamily:
    return TokenFamily.objects.create(user=user, current=uuid.uuid4(), expires_at=timezone.now())


def save_another_password(user: User) -> None:
    user.set_password("another")
    user.save()


def change_the_password_by_command(user: User) -> None:
    with pytest.MonkeyPatch.context() as typing:
        typing.setattr("getpass.getpass", lambda prompt: "staple of mine")
        call_command("changepassword", user.email, verbosity=0)


def save_deactivated(user: User) -> None:
    user.is_active = False
    user.save()


@pytest.mark.parametrize(
    "change",
    [
        save_another_password,
        change_the_password_by_command,
        save_deactivated,
        lambda user: User.objects.filter(pk=user.pk).update(is_active=False),
    ],
)
def test_a_new_password_and_deactivation_revoke_all_families_of_the_user_for_good(change) -> None:
    user = make_user()
    families = [make_family(user), make_family(user)]
    others = make_family(make_user())
    change(user)
    User.objects.update(is_active=True)
    for family in families:
        family.refresh_from_db()
        assert family.revoked_at is not None
    others.refresh_from_db()
    assert others.revoked_at is None


def test_other_changes_of_a_user_revoke_nothing() -> None:
    user = make_user()
    family = make_family(user)
    user.email = "ada@shop.example"
    user.is_staff = True
    user.save()
    family.refresh_from_db()
    assert family.revoked_at is None


def test_what_is_revoked_keeps_its_time() -> None:
    user = make_user()
    family = make_family(user)
    save_another_password(user)
    family.refresh_from_db()
    revoked_at = family.revoked_at
    save_deactivated(user)
    family.refresh_from_db()
    assert family.revoked_at == revoked_at
