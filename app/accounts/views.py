"""Accounts and tokens over HTTP."""

from http import HTTPStatus

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.exceptions import AuthenticationFailed, Throttled, ValidationError
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from app.accounts import services
from app.accounts.authentication import TokenAuthentication
from app.accounts.errors import (
    InvalidTokenError,
    TooManyFailuresError,
    UsedTokenError,
    WrongCredentialsError,
)
from app.accounts.serializers import (
    LoginSerializer,
    PasswordChangeSerializer,
    RefreshSerializer,
    TokenPairSerializer,
    UserSerializer,
)
from app.accounts.throttle import client_address
from app.accounts.tokens import TokenPair
from app.config.problems import problem_example, problem_responses

WRONG_CREDENTIALS = "There is no active account with this email address and password."
WRONG_PASSWORD = "This is not your password."  # noqa: S105 (a message)
INVALID_TOKEN = "The refresh token is not valid: sign in again."  # noqa: S105 (a message)
USED_TOKEN = "The refresh token was used a moment ago: use the one it was exchanged for."  # noqa: S105

REFRESH_EXAMPLE = OpenApiExample(
    "A refresh token", {"refresh": "eyJhbGciOiJIUzI1NiIsInR5c..."}, request_only=True
)
PAIR_EXAMPLE = OpenApiExample(
    "A pair of tokens",
    {"access": "eyJhbGciOiJIUzI1NiIsInR5c...", "refresh": "eyJhbGciOiJIUzI1NiIsInR5c..."},
    response_only=True,
    status_codes=["200"],
)
INVALID_TOKEN_EXAMPLE = problem_example("No longer good", status=401, detail=INVALID_TOKEN)
THROTTLED_EXAMPLE = problem_example(
    "Too many failures",
    status=429,
    detail="Request was throttled. Expected available in 540 seconds.",
)
RETRY_AFTER = OpenApiParameter(
    "Retry-After",
    int,
    OpenApiParameter.HEADER,
    description="Seconds to wait.",
    response=[429],
)


class SignedOutView(APIView):
    """For who has no access token that counts; one that is sent all the same is not looked at."""

    authentication_classes = []
    permission_classes = [AllowAny]

    def get_authenticate_header(self, request: Request) -> str:
        """The challenge without which REST framework would make a 403 of every 401."""
        return TokenAuthentication().authenticate_header(request)


class LoginView(SignedOutView):
    """Where one signs in."""

    @extend_schema(
        operation_id="auth_login",
        summary="Sign in",
        description="Gives an access token, for the Authorization header, and a refresh token, for "
        "the next pair. In 15 minutes it may fail 10 times for one account and 50 times from one "
        "address.",
        request=LoginSerializer,
        responses={200: TokenPairSerializer, **problem_responses(400, 401, 429)},
        parameters=[RETRY_AFTER],
        examples=[
            OpenApiExample(
                "A customer",
                {"email": "customer1@shop.example", "password": "correct horse battery"},
                request_only=True,
            ),
            PAIR_EXAMPLE,
            problem_example("Not let in", status=401, detail=WRONG_CREDENTIALS),
            THROTTLED_EXAMPLE,
        ],
        tags=["auth"],
    )
    def post(self, request: Request) -> Response:
        """Sign in."""
        given = LoginSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        try:
            pair = services.sign_in(**given.validated_data, address=client_address(request))
        except TooManyFailuresError as error:
            raise Throttled(wait=error.wait) from error
        except WrongCredentialsError as error:
            raise AuthenticationFailed(WRONG_CREDENTIALS) from error
        return _pair_response(pair)


class RefreshView(SignedOutView):
    """Where one stays signed in."""

    @extend_schema(
        operation_id="auth_refresh",
        summary="Exchange a refresh token",
        description="Gives the next pair for a refresh token, which is used up. Of simultaneous "
        "attempts with one token exactly one succeeds; the others, up to 10 seconds later, are "
        "refused. Using it again after that, or after its successor, revokes every token that "
        "came of the same sign-in. 14 days after signing in one has to sign in again.",
        request=RefreshSerializer,
        responses={200: TokenPairSerializer, **problem_responses(400, 401)},
        examples=[
            REFRESH_EXAMPLE,
            PAIR_EXAMPLE,
            INVALID_TOKEN_EXAMPLE,
            problem_example("Used a moment ago", status=401, detail=USED_TOKEN),
        ],
        tags=["auth"],
    )
    def post(self, request: Request) -> Response:
        """Exchange the token."""
        try:
            pair = services.refresh(token=_refresh_token(request))
        except UsedTokenError as error:
            raise AuthenticationFailed(USED_TOKEN) from error
        except InvalidTokenError as error:
            raise AuthenticationFailed(INVALID_TOKEN) from error
        return _pair_response(pair)


class LogoutView(SignedOutView):
    """Where one signs out."""

    @extend_schema(
        operation_id="auth_logout",
        summary="Sign out",
        description="Revokes every token that came of the same sign-in, access tokens included. "
        "Signing out again changes nothing.",
        request=RefreshSerializer,
        responses={204: None, **problem_responses(400, 401)},
        examples=[REFRESH_EXAMPLE, INVALID_TOKEN_EXAMPLE],
        tags=["auth"],
    )
    def post(self, request: Request) -> Response:
        """Sign out."""
        try:
            services.sign_out(token=_refresh_token(request))
        except InvalidTokenError as error:
            raise AuthenticationFailed(INVALID_TOKEN) from error
        return Response(status=HTTPStatus.NO_CONTENT)


class PasswordView(APIView):
    """Where one changes one's password."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="auth_password",
        summary="Change one's password",
        description="Revokes every token of the user, this one too: sign in again. A wrong current "
        "password counts as a failure to sign in.",
        request=PasswordChangeSerializer,
        responses={204: None, **problem_responses(400, 401, 429)},
        parameters=[RETRY_AFTER],
        examples=[
            OpenApiExample(
                "Another password",
                {"current_password": "correct horse battery", "new_password": "staple of mine"},
                request_only=True,
            ),
            problem_example(
                "Another current password",
                status=400,
                detail="The request is not valid.",
                errors={"current_password": [WRONG_PASSWORD]},
            ),
            THROTTLED_EXAMPLE,
        ],
        tags=["auth"],
    )
    def post(self, request: Request) -> Response:
        """Change the password."""
        given = PasswordChangeSerializer(data=request.data, context={"request": request})
        given.is_valid(raise_exception=True)
        try:
            services.password_change(
                user=request.user, **given.validated_data, address=client_address(request)
            )
        except TooManyFailuresError as error:
            raise Throttled(wait=error.wait) from error
        except WrongCredentialsError as error:
            raise ValidationError({"current_password": [WRONG_PASSWORD]}) from error
        return Response(status=HTTPStatus.NO_CONTENT)


class MeView(APIView):
    """Where one sees who one is."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="auth_me",
        summary="Show who is signed in",
        description="The user of the access token, and which customer that is.",
        responses={200: UserSerializer, **problem_responses(401)},
        examples=[
            OpenApiExample(
                "A customer",
                {
                    "id": 7,
                    "email": "customer1@shop.example",
                    "is_staff": False,
                    "customer_id": 1,
                },
                response_only=True,
                status_codes=["200"],
            )
        ],
        tags=["auth"],
    )
    def get(self, request: Request) -> Response:
        """Show the user."""
        return Response(UserSerializer(request.user).data)


def _refresh_token(request: Request) -> str:
    given = RefreshSerializer(data=request.data)
    given.is_valid(raise_exception=True)
    token: str = given.validated_data["refresh"]
    return token


def _pair_response(pair: TokenPair) -> Response:
    # RFC 6749, section 5.1: nobody on the way may keep tokens.
    return Response(TokenPairSerializer(pair).data, headers={"Cache-Control": "no-store"})
