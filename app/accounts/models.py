"""Users sign in; customers buy. A customer need not have an account."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from app.accounts.fields import LowercaseEmailField
from app.accounts.managers import UserManager


class User(AbstractBaseUser, PermissionsMixin):
    """Someone who signs in, with an email address and a password."""

    email = LowercaseEmailField()
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=timezone.now)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["email"], name="user_email_unique"),
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="user_email_lower_case"
            ),
        ]

    def __str__(self) -> str:
        return self.email


class Customer(models.Model):
    """Someone who buys and reviews."""

    user = models.OneToOneField(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="customer"
    )
    email = LowercaseEmailField()
    full_name = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["email"], name="customer_email_unique"),
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="customer_email_lower_case"
            ),
        ]

    def __str__(self) -> str:
        return self.full_name
