"""Installation of the client patches, and the gateway that answers while they are installed."""

from __future__ import annotations

from importlib import import_module
from threading import Lock

from ..messages import Request, Response
from ..patching.late_imports import LateImports
from ..patching.patches import Patches
from .timeouts import Handle

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


class _ClientPatches:
    """The gateways of those who have installed, the newest last, and what is patched as long as there are any."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._handles: list[Handle] = []
        self._patches = Patches()
        self._late = LateImports((), self._patch)

    def add(self, handle: Handle) -> None:
        with self._lock:
            if not self._handles:
                self._patch_clients()
            self._handles.append(handle)

    def remove(self) -> None:
        with self._lock:
            if self._handles:
                self._handles.pop()
                if not self._handles:
                    self._undo()

    def newest(self) -> Handle | None:
        handles = self._handles[-1:]
        return handles[0] if handles else None

    def _patch_clients(self) -> None:
        try:
            self._late = LateImports(CLIENTS, self._patch)
            self._late.install()
        except BaseException:
            self._undo()
            raise

    def _patch(self, client: str) -> None:
        import_module(f".{CLIENTS[client]}", __package__).patch(self._patches, handle)

    def _undo(self) -> None:
        self._late.uninstall()
        self._patches.undo()


_client_patches = _ClientPatches()  # of the process, as the patched libraries are


def install(handle: Handle) -> None:
    """Send every request to a function URL host to ``handle`` from now on, by whatever client it is made.

    May be called again before ``uninstall``: the newest ``handle`` answers.
    """
    _client_patches.add(handle)


def uninstall() -> None:
    """Take back one ``install``; the last one puts all clients back as they were."""
    _client_patches.remove()


def handle(request: Request) -> Response:
    """What the newest ``install`` was given answers to ``request``.

    :raises ConnectionError: nothing is installed (any more).
    """
    newest = _client_patches.newest()
    if newest is None:
        raise ConnectionError(f"{request.host} was opened under a mock that has ended")
    return newest(request)
