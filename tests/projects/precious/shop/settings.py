"""Leads to servers and folders of somebody's, whatever DATABASE_URL and the like say.

With PRECIOUS_OBEDIENT it does as these say, which are somebody's, too, until h2h sets them.
"""

import os
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

PRECIOUS = Path(os.environ["PRECIOUS_FOLDER"])
_database = urlsplit(os.environ["PRECIOUS_DATABASE"])

SECRET_KEY = "precious"
DEBUG = True
INSTALLED_APPS = ["shop"]
ROOT_URLCONF = "shop.urls"
WSGI_APPLICATION = "shop.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _database.path.removeprefix("/"),
        "USER": _database.username or "",
        "PASSWORD": _database.password or "",
        "HOST": _database.hostname or parse_qs(_database.query)["host"][0],
        "PORT": _database.port or "",
    },
    "files": {"ENGINE": "django.db.backends.sqlite3", "NAME": PRECIOUS / "db.sqlite3"},
}
DATABASES["replica"] = {**DATABASES["default"], "TEST": {"MIRROR": "default"}}
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": os.environ["PRECIOUS_CACHE"],
    },
    "files": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": PRECIOUS / "cache",
    },
}
OBEDIENT = "PRECIOUS_OBEDIENT" in os.environ
if OBEDIENT:
    _told = urlsplit(os.environ["DATABASE_URL"])
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": _told.path.removeprefix("/"),
            "USER": _told.username or "",
            "PASSWORD": _told.password or "",
            "HOST": _told.hostname or "",
            "PORT": _told.port or "",
            "OPTIONS": {key: value for key, [value] in parse_qs(_told.query).items()},
        }
    }
    CACHES = {"default": {**CACHES["default"], "LOCATION": os.environ["CACHE_URL"]}}
HEADTOHEAD = {
    "EXPERIMENTS": os.environ.get("H2H_SERVE_EXPERIMENTS") == "1",
    "TOKEN": os.environ.get("H2H_TOKEN", ""),
    "PACKAGE": "measured",
}
MEDIA_ROOT = PRECIOUS / "media"
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = PRECIOUS / "mail"
