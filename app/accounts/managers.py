"""How users are created."""

from typing import TYPE_CHECKING

from django.contrib.auth.base_user import BaseUserManager

if TYPE_CHECKING:
    from app.accounts.models import User


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
