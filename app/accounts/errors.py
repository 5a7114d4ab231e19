"""What can go wrong when somebody signs in or stays signed in."""


class WrongCredentialsError(Exception):
    """There is no such account, it is not active, or the password is another."""


class TooManyFailuresError(Exception):
    """Signing in failed too often.

    Attributes:
        wait: How long until it may be tried again, in seconds.
    """

    def __init__(self, *, wait: float) -> None:
        super().__init__(f"too many failures; {wait:.0f} s to wait")
        self.wait = wait


class InvalidTokenError(Exception):
    """The refresh token is no token of ours, has expired, or its family is revoked."""


class UsedTokenError(Exception):
    """The refresh token was used a moment ago, and its successor is still good."""
