"""Settings of the reference API; whatever differs between machines is an environment variable."""

from datetime import timedelta
from pathlib import Path

import environ
from celery.schedules import crontab
from django.core.exceptions import ImproperlyConfigured

from app.config.alternatives import CONNECTIONS, OBSERVERS, chosen

BASE_DIR = Path(__file__).resolve().parents[2]

env = environ.Env()
env.read_env(BASE_DIR / ".env")

SECRET_KEY = env.str("DJANGO_SECRET_KEY")
DEBUG = env.bool("DJANGO_DEBUG", default=False)
ALLOWED_HOSTS = env.list("DJANGO_ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])

HEADTOHEAD = {
    "EXPERIMENTS": env.bool("H2H_SERVE_EXPERIMENTS", default=False),
    "TOKEN": env.str("H2H_TOKEN", default=""),
    "PACKAGE": "app.experiments",
}

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_prometheus",
    "app.accounts",
    "app.catalog",
    "app.orders",
    "app.graph",
    "app.suppliers",
]
if HEADTOHEAD["EXPERIMENTS"]:
    # For its tables. Its middleware is there only where what it costs is measured.
    INSTALLED_APPS.append("silk")
SILKY_MAX_RECORDED_REQUESTS = 1000

_outer, _inner = chosen(env, "OBSERVER", OBSERVERS)

MIDDLEWARE = [
    *_outer,
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    *_inner,
]

ROOT_URLCONF = "app.config.urls"
WSGI_APPLICATION = "app.config.wsgi.application"
ASGI_APPLICATION = "app.config.asgi.application"

TEMPLATES = [
    {"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True},
]

# Whether django-prometheus counts statements and what becomes of models. That takes time with each
# of them, so unless it is asked for, a server that may be measured goes without.
DATABASE_METRICS = (
    env.bool("DATABASE_METRICS")
    if env.str("DATABASE_METRICS", default="")
    else not HEADTOHEAD["EXPERIMENTS"]
)
# Seconds; its own begin at ten milliseconds, in which most statements are done.
PROMETHEUS_LATENCY_BUCKETS = (
    *(0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0),
    float("inf"),
)

DATABASES = {
    "default": env.db(
        "DATABASE_URL",
        engine="django_prometheus.db.backends.postgresql" if DATABASE_METRICS else None,
    )
    | chosen(env, "DATABASE_CONNECTIONS", CONNECTIONS),
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "app.caching.valkey_connection.ValkeyCache",
        "LOCATION": env.str("CACHE_URL"),
        "KEY_PREFIX": "catalogue",
        "TIMEOUT": 300,
        # Seconds. The database can answer, so waiting long for a cache makes no sense.
        "OPTIONS": {"socket_connect_timeout": 0.25, "socket_timeout": 0.25},
    },
    # Where only experiments keep anything.
    "nothing": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
    "local-memory": {
        "BACKEND": "headtohead.django.cache.LocMemCache",
        # Nobody can invalidate what other processes keep, so this is how outdated it may be.
        "TIMEOUT": 10,
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    },
    "database": {
        "BACKEND": "headtohead.django.cache.DatabaseCache",
        "LOCATION": "catalog_cache",
        "TIMEOUT": 300,
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    },
}

# Host and port; without it there is no such cache, and no experiment with it.
MEMCACHED_URL = env.str("MEMCACHED_URL", default="")
if MEMCACHED_URL:
    CACHES["memcached"] = {
        "BACKEND": "headtohead.django.cache.PyMemcacheCache",
        "LOCATION": MEMCACHED_URL,
        # Stacks with other rows may use the same server.
        "KEY_PREFIX": f"catalogue:{DATABASES['default']['NAME']}",
        "TIMEOUT": 300,
        "OPTIONS": {"connect_timeout": 0.25, "timeout": 0.25},
    }

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

# Without a broker, a task is run at once by whoever hands it over.
CELERY_BROKER_URL = env.str("BROKER_URL", default="")
CELERY_TASK_ALWAYS_EAGER = not CELERY_BROKER_URL
CELERY_TASK_EAGER_PROPAGATES = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
# Nobody asks for results: what a task has done is in the database.
CELERY_TASK_IGNORE_RESULT = True
# A task is done once it has ended. One whose worker is lost is run again, so all of them may be.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT = 60
CELERY_TASK_TIME_LIMIT = 90
# Longer than any task may take, or it would be run twice at a time.
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 600}
CELERY_TIMEZONE = "UTC"
# Seconds; how old the precomputed figures per category may become.
CATEGORY_FIGURES_SECONDS = env.float("CATEGORY_FIGURES_SECONDS", default=60.0)
CELERY_BEAT_SCHEDULE = {
    "refresh-category-figures": {
        "task": "app.catalog.tasks.refresh_category_figures",
        "schedule": CATEGORY_FIGURES_SECONDS,
        # A later one does the same, so a queue that is behind may drop it.
        "options": {"expires": CATEGORY_FIGURES_SECONDS},
    },
    "purge-tokens": {
        "task": "app.accounts.tasks.purge_tokens",
        "schedule": crontab(hour="3", minute="17"),
    },
}
# Where the carriers of deliveries answer; without it nobody can be asked for a quote.
CARRIERS_URL = env.str("UPSTREAM_URL", default="")

# With it, `seed` gives the first customers accounts; never where the API can be reached by others.
DEMO_PASSWORD = env.str("DEMO_PASSWORD", default="")

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

LANGUAGE_CODE = "en-gb"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"

# WhiteNoise serves Swagger UI straight from its package, so nothing needs to be collected.
STATIC_URL = "static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True

REST_FRAMEWORK = {
    # Tokens alone: with Basic every address would be one to guess passwords at.
    "DEFAULT_AUTHENTICATION_CLASSES": ["app.accounts.authentication.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": [
        "rest_framework.permissions.DjangoModelPermissionsOrAnonReadOnly"
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "app.config.pagination.Pagination",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    # How many proxies of ours write X-Forwarded-For; without any it is ignored.
    "NUM_PROXIES": env.int("DJANGO_NUM_PROXIES", default=0),
    "EXCEPTION_HANDLER": "app.config.problems.problem_response",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}

SPECTACULAR_SETTINGS = {
    "TITLE": "Catalogue",
    "DESCRIPTION": "A shop's catalogue, reviews and orders: the API that headtohead measures.",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {"OrderStatusEnum": "app.orders.models.Order.Status"},
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "app.delivery.schema.document_quotes",
        "app.config.schema.complete_errors",
    ],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    # Swagger UI would otherwise show the schema's address to a validator on the internet.
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "validatorUrl": None},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        # Ariadne logs what clients get wrong, too; app.graph.errors logs what is ours to mend.
        "ariadne": {"handlers": [], "level": "CRITICAL", "propagate": True},
    },
}
