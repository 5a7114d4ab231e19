"""The WSGI application that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "app.config.settings")
os.environ.setdefault("DATABASE_SECONDS", "4")  # with what else there is, an answer within five

application = get_wsgi_application()

from app.config.requests import ReadableWSGIRequest  # noqa: E402 (once Django is set up)

application.request_class = ReadableWSGIRequest
