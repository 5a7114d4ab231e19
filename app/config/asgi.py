"""The ASGI application that gunicorn serves to experiments with async views."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "app.config.settings")
os.environ.setdefault("DATABASE_SECONDS", "4")  # with what else there is, an answer within five

application = get_asgi_application()

from app.config.requests import ReadableASGIRequest  # noqa: E402 (once Django is set up)

application.request_class = ReadableASGIRequest
