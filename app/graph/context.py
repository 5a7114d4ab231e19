"""What resolvers share while one request is served."""

from dataclasses import dataclass, field

from django.contrib.auth.models import AnonymousUser

from app.accounts.models import User
from app.graph.relations import Relations, relations


@dataclass(kw_only=True)
class GraphContext:
    """The context of one request.

    Attributes:
        user: Who asks.
        relations: How related rows are reached.
    """

    user: User | AnonymousUser
    relations: Relations = field(default_factory=relations)

    def forget(self) -> None:
        """Read again what was read before a write."""
        self.relations = relations()
