"""Rules for who may reach anything but a function URL: by the request's host name and its page's origin."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from ..messages import Response
from ..messages.addresses import AWS_DOMAIN, ip_address, is_loopback
from ..messages.wsgi import HEADER_LINES
from .outgoing import SENT_BY

_HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::[0-9]{1,5})?", re.IGNORECASE)
_OTHER_AWS_DOMAINS = r"api\.aws|on\.aws|amazonaws\.eu|c2s\.ic\.gov|sc2s\.sgov\.gov|cloud\.adc-e\.uk|csp\.hci\.ic\.gov"
_AWS_NAME = re.compile(rf"(?:[a-z0-9._-]+\.)?(?:{AWS_DOMAIN}|{_OTHER_AWS_DOMAINS})")
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, kw_only=True)
class Guard:
    """Which hosts and origins may ask: loopback and AWS's names, with ``--allow-host`` and ``--allow-origin`` added.

    ``allow_hosts`` are names without a port, ``allow_origins`` of the form ``scheme://host[:port]``.

    :raises ValueError: a host or an origin is not of that form.
    """

    allow_hosts: frozenset[str] = frozenset()
    allow_origins: frozenset[str] = frozenset()
    _hosts: frozenset[str] = field(init=False, repr=False)
    _origins: frozenset[_Origin] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_hosts", frozenset(_checked_host(each) for each in self.allow_hosts))
        object.__setattr__(self, "_origins", frozenset(_checked_origin(each) for each in self.allow_origins))

    def objection(self, environ: Mapping[str, Any]) -> str | None:
        """Why the request is refused, naming the option that would let it in; None when it is not."""
        if SENT_BY in environ:
            return "A service of this server sent this request. It may call function URLs, not the server's own API."
        return self._objection_to_host(environ) or self._objection_to_page(environ)

    def admitted_origin(self, environ: Mapping[str, Any]) -> str | None:
        """The ``Origin`` of a page that ``--allow-origin`` lets in; None for any other request."""
        origin: str | None = environ.get("HTTP_ORIGIN")
        return origin if origin is not None and _origin(origin) in self._origins else None

    def preflight(self, environ: Mapping[str, Any]) -> Response | None:
        """The answer to a preflight of an admitted page; None when the request is none."""
        origin = self.admitted_origin(environ)
        wanted = environ.get("HTTP_ACCESS_CONTROL_REQUEST_METHOD")
        if origin is None or wanted is None or environ["REQUEST_METHOD"] != "OPTIONS":
            return None
        headers = [*cors_lines(origin), ("Access-Control-Allow-Methods", wanted), ("Content-Length", "0")]
        if names := environ.get("HTTP_ACCESS_CONTROL_REQUEST_HEADERS"):
            headers.append(("Access-Control-Allow-Headers", names))
        if environ.get("HTTP_ACCESS_CONTROL_REQUEST_PRIVATE_NETWORK") == "true":
            headers.append(("Access-Control-Allow-Private-Network", "true"))
        return Response(status=204, headers=tuple(headers))

    def _objection_to_host(self, environ: Mapping[str, Any]) -> str | None:
        host = environ.get("HTTP_HOST", "")
        name, bound = _name(host), environ.get("SERVER_NAME", "")
        if name in self._hosts or _is_known(name) or (name == bound and ip_address(bound) is not None):
            return None
        if name and ip_address(bound) is not None and not is_loopback(bound) and not is_from_browser(environ):
            return None
        return (
            f"The host {host!r} is not a name of this server: this is how DNS rebinding looks. "
            f"Start the server with --allow-host {name or 'NAME'} if the name is yours."
        )

    def _objection_to_page(self, environ: Mapping[str, Any]) -> str | None:
        origin = environ.get("HTTP_ORIGIN")
        if origin is not None and _origin(origin) in self._origins:
            return None
        own = f"{environ.get('wsgi.url_scheme', 'http')}://{environ.get('HTTP_HOST', '')}"
        if origin is not None and _origin(origin) != _origin(own):
            return (
                f"A web page of the origin {origin!r} may not use this API, which can run code on this machine. "
                f"Start the server with --allow-origin {origin if _origin(origin) else 'ORIGIN'} if the page is yours."
            )
        if environ.get("HTTP_SEC_FETCH_SITE") not in (None, "same-origin", "none"):
            return (
                "A web page of another origin may not use this API, which can run code on this machine. "
                "Start the server with --allow-origin ORIGIN, and let the page send its Origin, if the page is yours."
            )
        return None


_Origin = tuple[str, str, int]


def cors_lines(origin: str) -> list[tuple[str, str]]:
    """The header lines that let the page of ``origin`` read an answer."""
    return [("Access-Control-Allow-Origin", origin), ("Access-Control-Expose-Headers", "*"), ("Vary", "Origin")]


def is_from_browser(environ: Mapping[str, Any]) -> bool:
    """Whether a browser may have sent the request, for whatever page.

    Browsers send Origin with what is no GET or HEAD, Sec-Fetch-Site to addresses that they trust, and Accept-Language
    always. A page can give Accept-Language and User-Agent another value, but cannot leave them out, and cannot set the
    other two (https://fetch.spec.whatwg.org/#forbidden-request-header).
    """
    if "HTTP_ORIGIN" in environ or "HTTP_SEC_FETCH_SITE" in environ:
        return True
    if "HTTP_SEC_FETCH_MODE" in environ and HEADER_LINES in environ:
        # Node's fetch sends it alone; a browser sends both or neither. A WSGI server that is not ours may take
        # Sec_Fetch_Mode for it, which a page can set.
        return False
    return "HTTP_ACCEPT_LANGUAGE" in environ or str(environ.get("HTTP_USER_AGENT", "")).startswith("Mozilla/")


def _is_known(name: str) -> bool:
    return is_loopback(name) or _AWS_NAME.fullmatch(name) is not None


def _checked_host(value: str) -> str:
    name = _name(f"[{value}]" if ":" in value and "[" not in value else value)
    if not name:
        raise ValueError(f"--allow-host {value!r} is not a host name like moto.local")
    return name


def _checked_origin(value: str) -> _Origin:
    origin = _origin(value)
    if origin is None:
        raise ValueError(f"--allow-origin {value!r} is not an origin like http://localhost:3000")
    return origin


def _origin(value: str) -> _Origin | None:
    try:
        parts = urlsplit(value)
        port = parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return None
    if not parts.hostname or port is None or parts.path or parts.query or parts.fragment or parts.username is not None:
        return None
    return parts.scheme, parts.hostname, port


def _name(host: str) -> str:
    """The name in a Host header, lower case, without port, brackets and final dot; "" when it is not a host."""
    found = _HOST.fullmatch(host)
    return found["name"].lower().strip("[]").removesuffix(".") if found else ""
