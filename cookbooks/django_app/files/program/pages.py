"""Asking a site for a page as a browser would: with its host name, and along redirects."""

import http.client
import socket
import ssl
import urllib.parse

REDIRECTS = 5


class _Unix(http.client.HTTPConnection):
    """A connection to a socket of the machine."""

    def __init__(self, path, timeout):
        super().__init__("localhost", timeout=timeout)
        self.path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class _Tls(http.client.HTTPSConnection):
    """A connection to nginx on this machine, for the host name of the site."""

    def __init__(self, port, name, timeout):
        context = ssl.create_default_context()
        # Whether visitors trust the certificate is not the question here.
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        super().__init__("127.0.0.1", port, timeout=timeout, context=context)
        self.name = name

    def connect(self):
        sock = socket.create_connection(("127.0.0.1", self.port), self.timeout)
        self.sock = self._context.wrap_socket(sock, server_hostname=self.name)


class Asker:
    """Asks for pages of a site, through a socket or through nginx."""

    def __init__(self, site, unix=None):
        self.site, self.wanted, self.unix = site, site.wanted, unix

    def _connection(self, scheme):
        timeout = self.wanted["health"]["timeout"]
        if self.unix:
            return _Unix(self.unix, timeout)
        if scheme == "https" and self.wanted["tls"]:
            return _Tls(self.wanted["tls_port"], self.wanted["domain"], timeout)
        return http.client.HTTPConnection("127.0.0.1", self.wanted["port"], timeout=timeout)

    def _host(self):
        """The host name as a browser gives it: with a port unless it is the usual one."""
        port = self.wanted["tls_port"] if self.wanted["tls"] else self.wanted["port"]
        usual = self.wanted["behind_proxy"] or port == (443 if self.wanted["tls"] else 80)
        return self.wanted["domain"] if usual else f"{self.wanted['domain']}:{port}"

    def ask(self, path):
        """What is wrong with a page, or None."""
        scheme, seen = self.wanted["scheme"], []
        while True:
            connection = self._connection(scheme)
            headers = {"Host": self._host(), "X-Forwarded-Proto": scheme, "X-Forwarded-For": "127.0.0.1", "Accept": "text/html,*/*"}
            try:
                connection.request("GET", path, headers=headers)
                answer = connection.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException) as error:
                return f"{path} is not answered: {error or type(error).__name__}"
            finally:
                connection.close()
            place = answer.getheader("Location")
            if not (300 <= answer.status < 400 and place):
                return self._judged(path, answer, seen)
            seen.append(path)
            url = urllib.parse.urljoin(f"{scheme}://{self._host()}{path}", place)
            parts = urllib.parse.urlsplit(url)
            if parts.hostname not in (self.wanted["domain"], *self.wanted["aliases"]):
                return None  # Somebody else's page, as that of a single sign-on.
            if parts.scheme == "https" and scheme == "http":
                return (f"{path} sends visitors to {url}, and the site has no TLS: nobody listens there. Set django_app.tls, or "
                        "django_app.trusted_proxies if a proxy has the certificate")
            if len(seen) > REDIRECTS:
                return f"{seen[0]} sends visitors in circles, last to {url}"
            scheme, path = parts.scheme, urllib.parse.urlunsplit(("", "", parts.path or "/", parts.query, ""))

    def _judged(self, path, answer, seen):
        strict = self.wanted["health"]["expect"] == "ok"
        # A page with a password of nginx has been found.
        good = 200 <= answer.status < 300 if strict else answer.status != 400 and answer.status < 500
        good = good or (answer.status == 401 and self.wanted["basic_auth"])
        if good:
            return None
        way = "".join(f"{each}, which leads to " for each in seen)
        return f"{way}{path} is answered with {answer.status} {answer.reason}"
