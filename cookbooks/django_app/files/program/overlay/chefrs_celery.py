"""The project's celery application: the one that is said, else that of the package of its settings."""

import os

import django
from celery.app.utils import find_app

django.setup()
app = find_app(os.environ.get("SITE_CELERY") or os.environ["PROJECT_SETTINGS_MODULE"].split(".")[0])
