"""What guests leave behind."""

from django.db import models


class Entry(models.Model):
    """One line of a guest."""

    name = models.CharField(max_length=60)
    message = models.CharField(max_length=200)
    written = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-written", "-id"]

    def __str__(self):
        return f"{self.name}: {self.message}"
