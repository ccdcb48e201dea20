"""Prints what the project says of itself, as JSON on the last line, for the steps of a deployment."""

import json

import django
from django.apps import apps
from django.conf import settings

django.setup()


def pages():
    """Paths of the pages where people log in."""
    from django.shortcuts import resolve_url
    from django.urls import NoReverseMatch, Resolver404, resolve, reverse

    found = []
    try:
        found.append(reverse("admin:login"))
    except NoReverseMatch:
        pass
    try:
        path = resolve_url(settings.LOGIN_URL)
        resolve(path)
        found.append(path)
    except (NoReverseMatch, Resolver404, TypeError):
        pass
    return sorted(path for path in set(found) if path.startswith("/"))


print(json.dumps({
    "django": list(django.VERSION[:3]),
    "staticfiles": apps.is_installed("django.contrib.staticfiles") and bool(getattr(settings, "STATIC_ROOT", None)),
    "static_root": str(getattr(settings, "STATIC_ROOT", None) or ""),
    "compress": apps.is_installed("compressor") and bool(getattr(settings, "COMPRESS_OFFLINE", False)),
    "sessions": apps.is_installed("django.contrib.sessions"),
    "pages": pages(),
}))
