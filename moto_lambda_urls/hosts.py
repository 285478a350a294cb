"""Which hosts are function URLs: ``<id>.lambda-url.<region>.on.aws``."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import urlsplit

_MARK = ".lambda-url."
_SUFFIX = ".on.aws"


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
