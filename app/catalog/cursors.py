"""Where a page of the product feed begins, as a token that clients hand back unread.

Free of Django, because the declarations of experiments make cursors too.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass

LARGEST = 2**63 - 1
_NUMBERS = re.compile(rb"([0-9]{1,19}):([0-9]{1,19})")


@dataclass(frozen=True, kw_only=True)
class FeedCursor:
    """A place in the feed, told in two ways that mean the same while no product is deleted.

    Attributes:
        position: How many products come before it.
        last_id: The id of the last of them; 0 where the feed begins.
    """

    position: int = 0
    last_id: int = 0

    @property
    def token(self) -> str:
        """The cursor as it appears in an address."""
        numbers = f"{self.position}:{self.last_id}".encode()
        return urlsafe_b64encode(numbers).rstrip(b"=").decode()

    @classmethod
    def from_token(cls, token: str) -> "FeedCursor":
        """The cursor that has this token.

        Raises:
            ValueError: No cursor has it.
        """
        numbers = _NUMBERS.fullmatch(urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        if numbers is None:
            raise ValueError(f"{token!r} is not a cursor")
        cursor = cls(position=int(numbers[1]), last_id=int(numbers[2]))
        # Decoding skips what does not belong into a token; the database takes no larger numbers.
        if cursor.token != token or max(cursor.position, cursor.last_id) > LARGEST:
            raise ValueError(f"{token!r} is not a cursor")
        return cursor
