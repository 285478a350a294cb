"""Rewriting of a function's redirects to its own AWS host: they lead to the address that the client used."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..messages import Response, wsgi
from ..messages.addresses import PREFIX, Address, is_aws_api


def redirected_here(response: Response, environ: dict[str, Any], address: Address) -> Response:
    """``response`` with a ``Location`` that the client can follow.

    Applications make absolute ones of what the event says: ``x-forwarded-proto`` is https as on AWS, ``host`` what the
    client sent, ``domainName`` AWS's name. What leads to the application's own root leads to the URL's.
    """
    scheme, host = wsgi.site(environ)
    if is_aws_api(host) or response.header("location") is None:
        return response
    own = {f"{address.url_id}.lambda-url"}
    if scheme == "http":  # an https server has other addresses that begin so
        own.add(host)
    root = f"{scheme}://{host}" + ("" if address.signed_path is None else f"{PREFIX}{address.url_id}")
    lines = tuple(
        (name, _below(root, value, own) if name.lower() == "location" else value) for name, value in response.headers
    )
    return replace(response, headers=lines)


def _below(root: str, location: str, own: set[str]) -> str:
    scheme, _, rest = location.partition("://")
    host, slash, path = rest.partition("/")
    names = {host, host.rpartition(".lambda-url.")[0] + ".lambda-url"}
    return f"{root}{slash}{path}" if scheme == "https" and own & names else location
