"""Django for morango: SQLite in WAL, as durable as ours."""

import os
from pathlib import Path

SECRET_KEY = "measured-and-thrown-away"
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "morango.urls"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "mptt",
    "rest_framework",
    "morango",
    "hall",
]
MIDDLEWARE = ["django.contrib.sessions.middleware.SessionMiddleware"]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(Path(os.environ["HALL_FOLDER"]) / "hall.sqlite3"),
        "OPTIONS": {"timeout": 100},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
MIGRATION_MODULES = {"hall": None}
USE_TZ = True
MORANGO_CERTIFICATE_LIFETIME = None
