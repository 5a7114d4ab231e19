"""Apps, middleware, templates, static files and logging."""

from app.config.alternatives import OBSERVERS, chosen
from app.config.settings.environment import env
from app.config.silk_recording import SENSITIVE, records

DEBUG = env.bool("DJANGO_DEBUG", default=False)

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
# It shows staff what it keeps: no bodies, and no request that has a secret in its address.
SILKY_AUTHENTICATION = True
SILKY_AUTHORISATION = True
SILKY_SENSITIVE_KEYS = SENSITIVE
SILKY_INTERCEPT_FUNC = records
SILKY_MAX_RESPONSE_BODY_SIZE = 0

_outer, _inner = chosen(env, "OBSERVER", OBSERVERS)

MIDDLEWARE = [
    *_outer,
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "app.config.headers.protect",
    "app.config.requests.refuse_unreadable",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    *_inner,
]

ROOT_URLCONF = "app.config.urls"
WSGI_APPLICATION = "app.config.wsgi.application"
ASGI_APPLICATION = "app.config.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        # Silk's pages ask for it.
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    },
]

# Where the carriers of deliveries answer; without it nobody can be asked for a quote.
CARRIERS_URL = env.str("UPSTREAM_URL", default="")

# With it, `seed` gives the first customers accounts; never where the API can be reached by others.
DEMO_PASSWORD = env.str("DEMO_PASSWORD", default="")

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
# Scripts of other sites have no business with what it serves.
WHITENOISE_ALLOW_ALL_ORIGINS = False

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
