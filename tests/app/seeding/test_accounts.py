import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command
from pytest_django import Settings

from app.accounts.models import Customer, User
from app.seeding.accounts import EDITOR, MOST_ACCOUNTS
from app.seeding.seed import shop_seed

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "correct horse battery"


def test_the_first_customers_and_an_editor_get_accounts_with_the_password() -> None:
    shop_seed(products=700, seed=1, demo_password=PASSWORD)
    with_account = Customer.objects.exclude(user=None).order_by("pk")
    assert [customer.pk for customer in with_account] == list(range(1, MOST_ACCOUNTS + 1))
    for customer in (with_account.first(), with_account.last()):
        assert authenticate(username=customer.email, password=PASSWORD) == customer.user
    editor = User.objects.get(is_staff=True)
    assert authenticate(username=EDITOR, password=PASSWORD) == editor
    assert editor.get_user_permissions() == {"catalog.change_product"}
    assert not User.objects.filter(is_superuser=True).exists()


def test_the_password_is_hashed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    hashed = []
    monkeypatch.setattr(
        "app.seeding.accounts.make_password", lambda password: hashed.append(password) or "!"
    )
    shop_seed(products=700, seed=1, demo_password=PASSWORD)
    assert hashed == [PASSWORD]


def test_seeding_again_without_a_password_leaves_no_account_but_those_of_others() -> None:
    other = User.objects.create_user("customer1@elsewhere.example", PASSWORD)
    shop_seed(products=700, seed=1, demo_password=PASSWORD)
    shop_seed(products=1, seed=1)
    assert User.objects.get() == other


def test_the_command_takes_the_password_from_the_settings(settings: Settings) -> None:
    call_command("seed", "--rows", "1")
    assert not User.objects.exists()
    settings.DEMO_PASSWORD = PASSWORD
    call_command("seed", "--rows", "1")
    assert authenticate(username="customer1@shop.example", password=PASSWORD)
