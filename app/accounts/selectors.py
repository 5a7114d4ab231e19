"""What is read of users."""

from uuid import UUID

from app.accounts.models import User


def signed_in_user(*, family: UUID | str | None) -> User | None:
    """The user of a family of tokens, unless the family is revoked or gone."""
    return User.objects.filter(
        token_families__pk=family, token_families__revoked_at=None, is_active=True
    ).first()
