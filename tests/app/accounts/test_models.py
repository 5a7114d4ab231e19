import pytest
from django.contrib.auth import authenticate
from django.db import IntegrityError, connection

from app.accounts.models import Customer, User
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
