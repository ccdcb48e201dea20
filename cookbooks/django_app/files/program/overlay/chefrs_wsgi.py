"""The project as a WSGI application: the one that its settings name, else Django's own."""

import os

from django.core.servers.basehttp import get_internal_wsgi_application

if "DJANGO_SETTINGS_MODULE" not in os.environ:
    raise SystemExit("DJANGO_SETTINGS_MODULE is not set: see /etc/NAME/env")

application = get_internal_wsgi_application()
