"""Who sends a request, by its access token."""

from drf_spectacular.contrib.rest_framework_simplejwt import SimpleJWTScheme
from rest_framework.exceptions import AuthenticationFailed
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.tokens import Token

from app.accounts import selectors
from app.accounts.models import User
from app.accounts.tokens import FAMILY_CLAIM


class TokenAuthentication(JWTAuthentication):
    """Takes an access token for what it says as long as its family is not revoked.

    The user has to be read anyway, and the family comes with the same query. So signing out,
    another password, deactivation and a reused refresh token end access tokens at once. simplejwt's
    own CHECK_REVOKE_TOKEN would end them only when the password changes.
    """

    def get_user(self, validated_token: Token) -> User:
        """The user of the token's family."""
        user = selectors.signed_in_user(family=validated_token.get(FAMILY_CLAIM))
        if user is None:
            raise AuthenticationFailed("The access token has been revoked.")
        return user


class TokenScheme(SimpleJWTScheme):
    """How OpenAPI describes it."""

    target_class = TokenAuthentication
    name = "accessToken"
