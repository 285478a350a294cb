"""Whether a request that a browser may have sent can have what it asks for: no web page may deploy or change code."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ..messages.addresses import AWS_DOMAIN

GUARDED_SERVICES = frozenset(
    {
        "awslambda",
        "awslambda_simple",
        "lambda",
        "lambda_simple",
        "cloudformation",
        "stepfunctions",
        "moto_api",
        "moto_api._internal",
    }
)
"""moto's backends that run code or lead to it: CloudFormation creates functions, a state machine calls any API, moto's
own API replays recorded requests."""

_AWS_NAME = re.compile(rf"(?:lambda|cloudformation|states|sync-states)\.(?:[a-z0-9-]+\.)?{AWS_DOMAIN}")
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, kw_only=True)
class Guard:
    """The rule, with what ``--allow-host`` (names, no port) and ``--allow-origin`` (``scheme://host[:port]``) add.

    :raises ValueError: an origin is not of that form.
    """

    allow_hosts: frozenset[str] = frozenset()
    allow_origins: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        for origin in self.allow_origins:
            if _origin(origin) is None:
                raise ValueError(f"--allow-origin {origin!r} is not an origin like http://localhost:3000")

    def objection(self, environ: Mapping[str, Any]) -> str | None:
        """Why the request may not reach a guarded service, naming the flag that would let it; None when it may."""
        origin = environ.get("HTTP_ORIGIN")
        site = environ.get("HTTP_SEC_FETCH_SITE")
        host = environ.get("HTTP_HOST", "")
        if origin is not None and _origin(origin) in {_origin(each) for each in self.allow_origins}:
            return None
        if _may_be_a_page(environ) and not self._knows(host):
            return (
                f"A browser asked for the host {host!r}, which is no local name: this is how DNS rebinding looks. "
                f"Start the server with --allow-host {_name(host) or 'NAME'} if the name is yours."
            )
        if origin is not None and _origin(origin) != _origin(f"{environ.get('wsgi.url_scheme', 'http')}://{host}"):
            return (
                f"A web page of the origin {origin!r} may not use this API, which can run code on this machine. "
                f"Start the server with --allow-origin {origin if _origin(origin) else 'ORIGIN'} if the page is yours."
            )
        if site not in (None, "same-origin", "none"):
            return (
                "A web page of another origin may not use this API, which can run code on this machine. "
                "Start the server with --allow-origin ORIGIN, and let the page send its Origin, if the page is yours."
            )
        return None

    def _knows(self, host: str) -> bool:
        name = _name(host)
        return _is_local(name) or name in self.allow_hosts or _AWS_NAME.fullmatch(name) is not None


def is_loopback(host: str) -> bool:
    """Whether a server bound to ``host`` (a name or an address) is reachable from this machine only."""
    return _is_local(host.lower().strip("[]"))


def _may_be_a_page(environ: Mapping[str, Any]) -> bool:
    # A page whose name was rebound to this machine is same-origin to its browser, which then sends no Origin with GET,
    # and Sec-Fetch-Site to trustworthy addresses only (https://w3c.github.io/webappsec-fetch-metadata/). It is known by
    # the browser's User-Agent, and where GET can change something (CloudFormation's query protocol) by the query.
    if "HTTP_ORIGIN" in environ or "HTTP_SEC_FETCH_SITE" in environ:
        return True
    asks_by_query = environ.get("REQUEST_METHOD") in ("GET", "HEAD") and "Action=" in environ.get("QUERY_STRING", "")
    return asks_by_query or str(environ.get("HTTP_USER_AGENT", "")).startswith("Mozilla/")


def _origin(value: str) -> tuple[str, str, int] | None:
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
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def _is_local(name: str) -> bool:
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
