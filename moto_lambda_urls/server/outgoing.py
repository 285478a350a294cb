"""A header on the HTTP requests of moto's services, by which a server in this process recognizes them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import requests

from ..patching.patches import Patches

HEADER = "X-Moto-Lambda-Urls-Sent-By"
SENT_BY = "HTTP_X_MOTO_LAMBDA_URLS_SENT_BY"
"""The header's key in a WSGI environ."""

Send = Callable[..., requests.Response]


def mark() -> Patches:
    """Add the header to each request of moto's services, which all use requests, until the patches are undone."""
    patches = Patches()
    patches.method(requests.Session, "request", _marking)
    return patches


def _marking(send: Send) -> Send:
    def request(session: requests.Session, method: str, url: str, **options: Any) -> requests.Response:
        if sender := _sender():
            options["headers"] = {**(options.get("headers") or {}), HEADER: sender}
        return send(session, method, url, **options)

    return request


def _sender() -> str | None:
    """The module of moto's that called requests; None when somebody else did.

    moto's core is the test's side of it, and its recorder sends again what a client has sent.
    """
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_globals.get("__name__", "").partition(".")[0] in _BETWEEN:
        frame = frame.f_back
    name: str = frame.f_globals.get("__name__", "") if frame is not None else ""
    return name if name.startswith("moto.") and not name.startswith(_FOR_CLIENTS) else None


_FOR_CLIENTS = ("moto.core.", "moto.moto_api.")
_BETWEEN = {"requests", __name__.partition(".")[0]}
