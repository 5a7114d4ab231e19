"""The shop's settings, most of which the environment gives."""

import os
from urllib.parse import parse_qs, unquote, urlsplit

database = urlsplit(os.environ["DATABASE_URL"])

SECRET_KEY = os.environ["DJANGO_SECRET_KEY"]
ALLOWED_HOSTS = os.environ["DJANGO_ALLOWED_HOSTS"].split(",")
INSTALLED_APPS = ["shop"]
MIDDLEWARE = ["headtohead.django.middleware.MeasurementMiddleware"]
HEADTOHEAD = {"TOKEN": os.environ.get("H2H_TOKEN", "")}
ROOT_URLCONF = "shop.urls"
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": database.path.removeprefix("/"),
        "USER": database.username,
        "PASSWORD": unquote(database.password or ""),
        "HOST": database.hostname or "",
        "PORT": database.port or "",
        "OPTIONS": {key: value for key, [value] in parse_qs(database.query).items()},
        "CONN_MAX_AGE": 600,
    }
}
CACHES = {
    "default": {
        "BACKEND": "headtohead.django.cache.RedisCache",
        "LOCATION": os.environ["CACHE_URL"],
    }
}
