"""Asks a release for a page, as nginx will, before the release is the one that is served.

The page is asked for inside this process: a release that can't be imported, or answers with an error, stops the
deployment here, while the one before it goes on serving.

    python -m chefrs_try HOST PATH served|ok
"""

import io
import sys

from chefrs_wsgi import application


def ask(host, path):
    """The status of the answer, once it was given to the end."""
    answer = {}
    environ = {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": host,
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": host,
        "HTTP_X_FORWARDED_PROTO": "http",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": True,
    }
    body = application(environ, lambda status, headers, exc_info=None: answer.update(status=status))
    try:
        b"".join(body)
        return answer["status"]
    finally:
        if hasattr(body, "close"):
            body.close()


def main(host, path, expect):
    status = ask(host, path)
    code = int(status.split()[0])
    good = 200 <= code < 400 if expect == "ok" else code != 400 and code < 500
    if not good:
        sys.exit(f"{host}{path} is answered with {status}, so this release does not take the place of the one before it")


if __name__ == "__main__":
    main(*sys.argv[1:])
