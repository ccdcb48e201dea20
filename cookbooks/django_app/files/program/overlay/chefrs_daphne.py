"""daphne on a socket of systemd, which stays as private as it is: Twisted would open it to everybody."""

import os

from daphne.cli import CommandLineInterface
from twisted.internet import unix

_init = unix.Port.__init__


def _init_privately(self, *arguments, **options):
    _init(self, *arguments, **options)
    self.mode = 0o660


if os.environ.get("LISTEN_FDS"):
    unix.Port.__init__ = _init_privately
CommandLineInterface.entrypoint()
