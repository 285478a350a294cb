"""Addresses of function URLs: which URL a request is for, and the URL to show to a client."""

from __future__ import annotations

import ipaddress
import re
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, Protocol
from urllib.parse import urlsplit

UrlStyle = Literal["aws", "path", "host", "port"]
"""The form of the URLs that a server shows: AWS's own, a path below ``PREFIX``, a host below localhost, or a port."""

PREFIX = "/_aws/lambda-url/"
CONSOLE = "-"
"""The segment after the prefix that no URL id can be: the page's own files and data live below it."""
DEFAULT_REGION = "us-east-1"
"""The region where nothing names one."""

_HOST = re.compile(r"(?P<url_id>[a-z0-9-]+)\.lambda-url\.(?P<region>[a-z0-9-]+)\.(?:on\.aws|localhost)\.?(?::\d+)?")
AWS_DOMAIN = r"amazonaws\.com(?:\.cn)?"
"""A pattern for the domain of AWS's services, in the partitions that moto's server knows."""
_AWS_API = re.compile(rf"(?:.+\.)?(?:{AWS_DOMAIN}|api\.aws|on\.aws)(?::\d+)?")
_PORT_AT_END = re.compile(r"(.*?)(:\d+)?$", re.DOTALL)
_AWS_URL = re.compile(
    r"https?://(?P<url_id>[a-z0-9-]+)\.lambda-url\.[a-z0-9-]+\.on\.aws(?::\d+)?(?![\w.:-])", re.IGNORECASE
)
_MARK = ".lambda-url."
_SUFFIX = ".on.aws"

URL_ID_TAG = "_custom_id_"
"""The function tag that names the id of a URL to come, as LocalStack has it; an alias's gets ``-<alias>`` appended."""

PROCESS_TAG = "_process_"
"""The function tag that says, with "true" or "false", whether the function runs in a process of its own."""

asked_at: ContextVar[str | None] = ContextVar("moto_lambda_urls.asked_at", default=None)
"""Where the client found the server whose API is answering it, like ``http://localhost:5000``; None outside of that."""


class Addressable(Protocol):
    """What a URL is made of; a ``FunctionUrlConfig`` is one."""

    @property
    def url_id(self) -> str: ...
    @property
    def region(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A request's function URL: its id, its region where the request names one, and the path that the function sees.

    ``signed_path`` is the path on the wire where it is another one.
    """

    url_id: str
    region: str | None
    raw_path: str
    signed_path: str | None = None


def address_of(host: str, raw_path: str) -> Address | None:
    """The function URL that a request with this ``Host`` header and undecoded path is for; None: it is for AWS's API.

    A host name of the form ``<id>.lambda-url.<region>.on.aws`` or ``….localhost``, with or without a port, decides
    before the path ``/_aws/lambda-url/<id>/…`` does. Any id is taken, known or not: an unknown one gets AWS's 403.
    """
    if match := _HOST.fullmatch(host.lower()):
        return Address(url_id=match["url_id"], region=match["region"], raw_path=raw_path)
    if not raw_path.startswith(PREFIX):
        return None
    url_id, slash, rest = raw_path[len(PREFIX) :].partition("/")
    if url_id in ("", CONSOLE):
        return None
    return Address(url_id=url_id, region=None, raw_path=slash + rest or "/", signed_path=raw_path)


def aws_host(url_id: str, region: str) -> str:
    """The host name that AWS gives the function URL ``url_id``."""
    return f"{url_id}.lambda-url.{region}.on.aws"


def is_aws_api(host: str) -> bool:
    """Whether ``host``, with or without a port, is one of AWS's own names."""
    return _AWS_API.fullmatch(host.lower()) is not None


def is_loopback(host: str) -> bool:
    """Whether a server bound to ``host`` (a name or an address) is reachable from this machine only."""
    name = host.lower().strip("[]").rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    address = ip_address(name)
    mapped = getattr(address, "ipv4_mapped", None)
    return address is not None and (mapped or address).is_loopback


def ip_address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The IP address that ``name`` is; None for a host's name."""
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


def function_url(config: Addressable, *, style: UrlStyle, scheme: str, host: str, own_port: int | None = None) -> str:
    """The ``FunctionUrl`` to show to a client that reached the API as ``scheme://host`` (``host`` with its port).

    A client that used one of AWS's own names (through a proxy, or in process) gets AWS's form in every style. The style
    "port" shows a path for a URL that has no port of its own.
    """
    name, port = _PORT_AT_END.match(host).groups()  # type: ignore[union-attr]  # it matches every host
    if style == "aws" or is_aws_api(host):
        return f"https://{aws_host(config.url_id, config.region)}/"
    if style == "host":
        return f"{scheme}://{config.url_id}.lambda-url.{config.region}.localhost{port or ''}/"
    if style == "port" and own_port is not None:
        return f"{scheme}://{name}:{own_port}/"
    return f"{scheme}://{host}{PREFIX}{config.url_id}/"


def reachable_at(endpoint_url: str, text: str) -> str:
    """``text`` with each function URL of AWS's form put as it is answered at the server ``endpoint_url``."""
    return _AWS_URL.sub(lambda found: f"{endpoint_url.rstrip('/')}{PREFIX}{found['url_id'].lower()}", text)


def function_url_host(name: str) -> str | None:
    """``name`` as AWS writes it (lower case, no final dot) when it is a function URL's host; None for any other host.

    The id and the region are not checked: a name of this form that nobody was given still belongs to AWS.
    """
    host = name.lower().rstrip(".")
    return host if host.endswith(_SUFFIX) and _MARK in host else None


@lru_cache(maxsize=64)  # a client asks several times a request
def function_url_host_of(url: str) -> str | None:
    """The function URL host that the absolute ``url`` addresses, with any scheme and port; None for any other URL."""
    # A decision: AWS serves https on port 443 only; here every scheme and port is answered as if it were that.
    if _MARK not in url.lower():
        return None
    return function_url_host(urlsplit(url).hostname or "")
