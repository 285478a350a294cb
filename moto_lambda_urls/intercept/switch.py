"""Installation of the client patches, and the gateway that answers while they are installed."""

from __future__ import annotations

from importlib import import_module
from typing import NamedTuple

from ..messages import Handle, Request, Response
from ..patching.late_imports import patch_late
from ..patching.patches import Patches, counted_patches


class Client(NamedTuple):
    """How a client library is patched."""

    module: str
    """The module here that does it; its names of the library are looked up when it is imported."""
    library: str
    """The library's name in the warning where it cannot be patched."""
    releases: str
    """Those that are tested."""


CLIENTS = {
    "http.client": Client("for_http_client", "http.client", "those of Python 3.10 to 3.15"),
    "urllib3": Client("for_urllib3", "urllib3", "1.26 to 2.8"),
    "requests": Client("for_requests", "requests", "2.31 to 2.34"),
    "botocore.httpsession": Client("for_botocore", "botocore", "1.43 to 1.44"),
    "httpx": Client("for_httpx", "httpx", "0.27 to 0.28"),
    "aiohttp": Client("for_aiohttp", "aiohttp", "3.10 to 3.14"),
    "moto.core.botocore_stubber": Client("for_moto", "moto", "5.2"),
}
"""The modules of client libraries, each of which is patched once it is imported."""


def _patch(patches: Patches) -> None:
    def patch_client(name: str) -> None:
        client = CLIENTS[name]
        with patches.library(client.library, client.releases) as of_library:
            import_module(f".{client.module}", __package__).patch(of_library, handle)

    patch_late(CLIENTS, patch_client, patches)


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
