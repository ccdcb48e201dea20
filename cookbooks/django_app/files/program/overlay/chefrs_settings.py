"""The project's settings, with what this machine decides laid over them.

What the machine decides arrives as environment variables: see /etc/NAME/env. Whatever is not named below stays as
the project has it.
"""

import importlib
import os
import re
from pathlib import Path


def project_settings():
    """The project's own settings module: the one said, else the one that manage.py names."""
    if named := os.environ.get("PROJECT_SETTINGS_MODULE"):
        return named
    pattern = r"""["']DJANGO_SETTINGS_MODULE["']\s*,\s*["']([\w.]+)["']"""
    found = re.search(pattern, Path("manage.py").read_text(encoding="utf-8"))
    if not found:
        raise SystemExit("manage.py names no settings module: set the attribute django_app.settings_module")
    return found.group(1)


def words(name):
    """A variable that lists words, separated by commas."""
    return [word for word in os.environ.get(name, "").split(",") if word]


_project = importlib.import_module(project_settings())
globals().update({name: value for name, value in vars(_project).items() if name.isupper()})

DEBUG = False
SECRET_KEY = os.environ["SECRET_KEY"]
ALLOWED_HOSTS = words("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = words("CSRF_TRUSTED_ORIGINS")

# nginx sets the header on every request, so nobody outside can.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

STATIC_ROOT = os.environ["STATIC_ROOT"]
MEDIA_ROOT = os.environ["MEDIA_ROOT"]
# A project may keep its static files on another host; the paths that nginx serves are ours.
if "://" not in globals().get("STATIC_URL", ""):
    STATIC_URL = os.environ["STATIC_URL"]
if "://" not in globals().get("MEDIA_URL", ""):
    MEDIA_URL = os.environ["MEDIA_URL"]

if os.environ.get("DATABASE_URL", "").startswith("sqlite:///"):
    import django

    _options = {"timeout": 20}
    if django.VERSION >= (5, 1):
        _options["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
        # Otherwise two writers can each wait for the other's read lock, and one fails at once.
        _options["transaction_mode"] = "IMMEDIATE"
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": os.environ["DATABASE_URL"].removeprefix("sqlite:///"),
            "OPTIONS": _options,
        }
    }

# Into the log of the service, errors with their traceback.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {"django": {"handlers": ["stderr"], "level": "INFO", "propagate": False}},
}
