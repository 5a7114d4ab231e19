"""Accounts of a seeded shop, so that there is somebody to sign in as: customers and an editor."""

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Permission
from django.db import transaction

from app.accounts.models import Customer, User

MOST_ACCOUNTS = 50
EDITOR = "editor@shop.example"
# Nobody real has such an address (RFC 2606), so nobody real is deleted with them.
SEEDED_EMAIL = r"^(customer\d+|editor)@shop\.example$"


@transaction.atomic
def replace_accounts(*, password: str) -> None:
    """Replace the accounts that seeding made: the first customers', and one that may edit products.

    Args:
        password: What all of them sign in with; when empty, none are made.
    """
    User.objects.filter(email__regex=SEEDED_EMAIL).delete()
    if not password:
        return
    # Hashing is slow on purpose, so once must do.
    hashed = make_password(password)
    customers = list(Customer.objects.order_by("pk")[:MOST_ACCOUNTS])
    users = User.objects.bulk_create(
        [User(email=customer.email, password=hashed) for customer in customers]
    )
    for customer, user in zip(customers, users, strict=True):
        customer.user = user
    Customer.objects.bulk_update(customers, ["user"])
    editor = User.objects.create(email=EDITOR, password=hashed, is_staff=True)
    editor.user_permissions.set(Permission.objects.filter(codename="change_product"))
