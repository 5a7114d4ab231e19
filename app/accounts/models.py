"""Users sign in; customers buy. A customer need not have an account."""

import uuid

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from app.accounts.fields import LowercaseEmailField
from app.config.counting import counted


class UserManager(BaseUserManager["User"]):
    """Creates users who sign in with their email address."""

    def create_user(
        self, email: str, password: str | None = None, *, is_staff: bool = False
    ) -> "User":
        """Create a user; without a password there is no way to sign in."""
        user = self.model(email=email.lower(), is_staff=is_staff)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None) -> "User":
        """Create a user who may do everything, for `manage.py createsuperuser`."""
        user = self.create_user(email, password, is_staff=True)
        user.is_superuser = True
        user.save(using=self._db, update_fields=["is_superuser"])
        return user


class User(counted("user"), AbstractBaseUser, PermissionsMixin):
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


class TokenFamily(counted("token_family"), models.Model):
    """All tokens that come of one sign-in. Whoever holds one of them is in as long as this lasts.

    Only one refresh token of a family can be used: the one whose id is `current`. Using it puts
    another in its place, so a token of the family with any other id has been used before.

    A trigger in the database (migration 0002) revokes a user's families when the password changes
    or the user is deactivated, whichever way that is written. Where Django stores a password again
    with a stronger hash at signing in, that counts too, as it does for Django's sessions.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="token_families")
    current = models.UUIDField()
    previous = models.UUIDField(null=True, blank=True)
    rotated_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(db_index=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "token families"

    def __str__(self) -> str:
        return str(self.pk)


class SignInFailures(models.Model):
    """How often signing in to an account, or from an address, failed since a time."""

    key = models.CharField(primary_key=True, max_length=64)
    count = models.PositiveIntegerField()
    resets_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name_plural = "sign-in failures"

    def __str__(self) -> str:
        return f"{self.count} until {self.resets_at}"
