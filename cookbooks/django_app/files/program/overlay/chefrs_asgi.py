"""The project as an ASGI application: the one that its settings name for channels, else that of asgi.py, else Django's."""

import importlib
import os

import django

from chefrs_ready import ready

django.setup()

from django.conf import settings  # noqa: E402
from django.utils.module_loading import import_string  # noqa: E402


def _application():
    named = getattr(settings, "ASGI_APPLICATION", None)
    if named:
        return import_string(named if "." in named else named.replace(":", "."))
    package = os.environ["PROJECT_SETTINGS_MODULE"].split(".")[0]
    try:
        return importlib.import_module(package + ".asgi").application
    except ImportError as error:
        if error.name != package + ".asgi":
            raise
    from django.core.asgi import get_asgi_application

    return get_asgi_application()


application = _application()
ready()
