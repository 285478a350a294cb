"""Installation of the client patches, and the gateway that answers while they are installed."""

from __future__ import annotations

from importlib import import_module

from ..messages import Handle, Request, Response
from ..patching.late_imports import patch_late
from ..patching.patches import Patches, counted_patches

CLIENTS = {
    "http.client": "for_http_client",
    "urllib3": "for_urllib3",
    "requests": "for_requests",
    "botocore.httpsession": "for_botocore",
    "httpx": "for_httpx",
    "aiohttp": "for_aiohttp",
    "moto.core.botocore_stubber": "for_moto",
}
"""The client libraries, and the module here that patches each once it is imported."""


def _patch(patches: Patches) -> None:
    patch_late(CLIENTS, lambda name: import_module(f".{CLIENTS[name]}", __package__).patch(patches, handle), patches)


# Of the process, as the patched libraries are.
_installation = counted_patches(_patch)
_handles: list[Handle] = []
"""The gateways of those who have installed, the newest last."""


def install(handle: Handle) -> None:
    """Send every request to a function URL host to ``handle`` from now on, by whatever client it is made.

    May be called again before ``uninstall``: the newest ``handle`` answers.
    """
    _installation.install()
    _handles.append(handle)


def uninstall() -> None:
    """Take back one ``install``, if there is any; the last one puts all clients back as they were."""
    if _handles:
        _installation.uninstall()
        _handles.pop()


def handle(request: Request) -> Response:
    """What the newest ``install`` was given answers to ``request``.

    :raises ConnectionError: nothing is installed (any more).
    """
    for newest in _handles[-1:]:
        return newest(request)
    raise ConnectionError(f"{request.host} was opened under a mock that has ended")
