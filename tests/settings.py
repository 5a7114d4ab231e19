"""The API's settings for tests; servers.py fills in the addresses once its servers run."""

import os

NOT_STARTED_DATABASE = "postgresql:///not-started"
NOT_STARTED_CACHE = "redis://not-started"

os.environ.setdefault("DATABASE_URL", NOT_STARTED_DATABASE)
os.environ.setdefault("CACHE_URL", NOT_STARTED_CACHE)
os.environ.setdefault("DJANGO_SECRET_KEY", "only-for-tests")
os.environ.setdefault("JWT_SIGNING_KEY", "only-for-tests" * 5)

from app.config.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
