"""The guest book as a Django app."""

from django.apps import AppConfig


class GuestbookConfig(AppConfig):
    name = "guestbook"
