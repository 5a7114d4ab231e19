"""Keys, accounts, tokens and HTTPS."""

from datetime import timedelta

from django.core.exceptions import ImproperlyConfigured

from app.config.settings.environment import env

SECRET_KEY = env.str("DJANGO_SECRET_KEY")

ALLOWED_HOSTS = env.list("DJANGO_ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])

AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# Tokens get a key of their own: who learns one of the two cannot forge what the other signs.
JWT_SIGNING_KEY = env.str("JWT_SIGNING_KEY")
if JWT_SIGNING_KEY == SECRET_KEY or len(JWT_SIGNING_KEY) < 32:
    raise ImproperlyConfigured(
        "Set the JWT_SIGNING_KEY environment variable to a secret other than DJANGO_SECRET_KEY, of "
        "32 characters or more"
    )
SIMPLE_JWT = {
    "ALGORITHM": "HS256",
    "SIGNING_KEY": JWT_SIGNING_KEY,
    "ACCESS_TOKEN_LIFETIME": timedelta(seconds=env.int("JWT_ACCESS_SECONDS", default=300)),
    # From signing in, however often the token is exchanged.
    "REFRESH_TOKEN_LIFETIME": timedelta(days=14),
}

# Lets Prometheus scrape, beside the token that lets one measure.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")

# Off, because a load generator on the same machine speaks plain HTTP. Switched on, the API expects
# a proxy before it that ends TLS and overwrites X-Forwarded-Proto.
HTTPS = env.bool("DJANGO_HTTPS", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/$", r"^metrics$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
