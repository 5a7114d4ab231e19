"""What is read of users."""

from uuid import UUID

from app.accounts.models import User


def signed_in_user(*, family: object) -> User | None:
    """The user of a family of tokens, unless the family is revoked, gone, or none at all."""
    try:
        family = UUID(str(family))
    except ValueError:
        return None
    return User.objects.filter(
        token_families__pk=family, token_families__revoked_at=None, is_active=True
    ).first()
