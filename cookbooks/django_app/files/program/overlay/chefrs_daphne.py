"""daphne on a socket of systemd, which stays as private as it is: Twisted would open it to everybody."""

import os

# Twisted takes the variable away when it is imported.
_is_of_systemd = "LISTEN_FDS" in os.environ

from daphne.cli import CommandLineInterface  # noqa: E402
from twisted.internet import unix  # noqa: E402

_init = unix.Port.__init__


def _init_privately(self, *arguments, **options):
    _init(self, *arguments, **options)
    self.mode = 0o660


if _is_of_systemd:
    unix.Port.__init__ = _init_privately
CommandLineInterface.entrypoint()
