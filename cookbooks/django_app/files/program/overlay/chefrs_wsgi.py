"""The project as a WSGI application: the one that its settings name, else Django's own."""

from django.core.servers.basehttp import get_internal_wsgi_application

application = get_internal_wsgi_application()
