"""The project's settings, with what this machine decides laid over them.

What the machine decides arrives as environment variables. Whatever is not named below stays as the project has it. This
file is read by every Python that a project may need, so it is written for 3.6.
"""

import importlib
import os
from urllib.parse import parse_qsl, unquote, urlsplit


def _words(name):
    """A variable that lists words, separated by commas."""
    return [word for word in os.environ.get(name, "").split(",") if word]


_project = importlib.import_module(os.environ["PROJECT_SETTINGS_MODULE"])
globals().update({name: value for name, value in vars(_project).items() if name.isupper()})

DEBUG = False
SECRET_KEY = os.environ["SECRET_KEY"]
SECRET_KEY_FALLBACKS = _words("SECRET_KEY_FALLBACKS") or list(globals().get("SECRET_KEY_FALLBACKS", []))
ALLOWED_HOSTS = _words("ALLOWED_HOSTS")
_origins = _words("CSRF_TRUSTED_ORIGINS")
CSRF_TRUSTED_ORIGINS = _origins + [each for each in globals().get("CSRF_TRUSTED_ORIGINS", []) if each not in _origins]

# nginx sets the header on every request, so nobody outside can.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Whether visitors come over TLS is known here and nowhere else.
if os.environ.get("SITE_SCHEME") == "https":
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
else:
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = False
    SECURE_HSTS_SECONDS = 0
    # A browser ignores names that begin so, unless the cookie is secure.
    for _name in ("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME"):
        if globals().get(_name, "").startswith(("__Host-", "__Secure-")):
            globals()[_name] = globals()[_name].split("-", 1)[1]

# A directory of the source that has static files already is one more place to collect them from.
_built = globals().get("STATIC_ROOT")
STATIC_ROOT = os.environ["STATIC_ROOT"]
if _built and os.path.isdir(str(_built)) and os.path.realpath(str(_built)) != os.path.realpath(STATIC_ROOT):
    _places = [os.path.realpath(str(each[1] if isinstance(each, (list, tuple)) else each))
               for each in globals().get("STATICFILES_DIRS", [])]
    if os.path.realpath(str(_built)) not in _places:
        STATICFILES_DIRS = list(globals().get("STATICFILES_DIRS", [])) + [str(_built)]
MEDIA_ROOT = os.environ["MEDIA_ROOT"]
# A project may keep its static files on another host; the paths that nginx serves are ours.
if "://" not in (globals().get("STATIC_URL") or ""):
    STATIC_URL = os.environ["STATIC_URL"]
if "://" not in (globals().get("MEDIA_URL") or ""):
    MEDIA_URL = os.environ["MEDIA_URL"]


def _database(url, declared):
    """The project's first database, with the place where its data is."""
    import django

    parts, options = urlsplit(url), dict(declared.get("OPTIONS", {}))
    found = dict(declared)
    if parts.scheme == "sqlite":
        found.update(ENGINE="django.db.backends.sqlite3", NAME=url[len("sqlite:///"):])
        for name in ("USER", "PASSWORD", "HOST", "PORT"):
            found.pop(name, None)
        options = options if "sqlite" in declared.get("ENGINE", "") else {}
        options.setdefault("timeout", 20)
        if django.VERSION >= (5, 1):
            options.setdefault("init_command", "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;")
            # Otherwise two writers can each wait for the other's read lock, and one fails at once.
            options.setdefault("transaction_mode", "IMMEDIATE")
    else:
        ours = "django.db.backends.postgresql"
        is_of_project = any(word in declared.get("ENGINE", "") for word in ("postg", "psycopg"))
        query = dict(parse_qsl(parts.query))
        found.update(ENGINE=declared["ENGINE"] if is_of_project else ours, NAME=unquote(parts.path.lstrip("/")),
                     USER=unquote(parts.username or ""), PASSWORD=unquote(parts.password or ""),
                     HOST=query.pop("host", parts.hostname or ""), PORT=str(parts.port or ""))
        options = options if is_of_project else {}
        options.update(query)
    found["OPTIONS"] = options
    return found


if os.environ.get("SITE_DATABASE") in ("sqlite", "postgres"):
    _declared = dict(globals().get("DATABASES", {}))
    _declared["default"] = _database(os.environ["DATABASE_URL"], _declared.get("default", {}))
    DATABASES = _declared

# Into the log of the service, errors with their traceback. A project that says itself what it logs is believed.
if not globals().get("LOGGING"):
    LOGGING = {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"format": "%(levelname)s %(name)s: %(message)s"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": "INFO"},
        "loggers": {"django": {"handlers": ["stderr"], "level": "INFO", "propagate": False}},
    }
