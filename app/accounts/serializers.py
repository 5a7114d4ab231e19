"""The shapes of accounts and tokens on the wire."""

from django.contrib.auth.password_validation import validate_password
from rest_framework import serializers

from app.accounts.models import User

# A password is hashed before anything is known of who sent it.
LONGEST_PASSWORD = 1000


class PasswordField(serializers.CharField):
    """A password, exactly as it was typed."""

    def __init__(self) -> None:
        super().__init__(
            max_length=LONGEST_PASSWORD,
            trim_whitespace=False,
            write_only=True,
            style={"input_type": "password"},
        )


class LoginSerializer(serializers.Serializer):
    """What it takes to sign in."""

    email = serializers.EmailField(max_length=254)
    password = PasswordField()


class RefreshSerializer(serializers.Serializer):
    """A refresh token that is handed in."""

    refresh = serializers.CharField()


class TokenPairSerializer(serializers.Serializer):
    """The tokens of somebody who is signed in."""

    access = serializers.CharField(
        help_text="For the Authorization header; lasts 5 minutes if the server says no other."
    )
    refresh = serializers.CharField(help_text="For the next pair; can be used once.")


class PasswordChangeSerializer(serializers.Serializer):
    """A password and the one that is to replace it."""

    current_password = PasswordField()
    new_password = PasswordField()

    def validate_new_password(self, value: str) -> str:
        """Refuse what is easy to guess."""
        validate_password(value, self.context["request"].user)
        return value


class UserSerializer(serializers.ModelSerializer):
    """Who is signed in."""

    customer_id = serializers.IntegerField(
        source="customer.pk", allow_null=True, help_text="Null for who is no customer."
    )

    class Meta:
        model = User
        fields = ["id", "email", "is_staff", "customer_id"]
