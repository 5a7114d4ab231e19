"""Settings of the reference API, by subject; whatever differs between machines is a variable.

There is no file for development and none for production: both differ in variables alone, all of
which .env.example explains.
"""

from app.config.settings.base import *
from app.config.settings.caches import *
from app.config.settings.celery import *
from app.config.settings.databases import *
from app.config.settings.rest_framework import *
from app.config.settings.security import *
