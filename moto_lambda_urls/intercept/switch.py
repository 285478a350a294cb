"""On and off: which clients are intercepted, for how many users, and who answers."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from queue import SimpleQueue
from threading import Lock, Thread

from ..messages import Request, Response
from ..patching.late_imports import LateImports
from ..patching.patches import Patches

Handle = Callable[[Request], Response]

CLIENTS = {
    "http.client": "for_http_client",
    "urllib3": "for_urllib3",
    "requests": "for_requests",
    "httpx": "for_httpx",
    "aiohttp": "for_aiohttp",
    "moto.core.botocore_stubber": "for_moto",
}
"""The client libraries, and the module here that patches each once it is imported."""


class Workers:
    """Threads started as they are needed and kept for the next job; there is no bound, so that jobs may wait for jobs.

    They are daemons: a handler that its caller has given up ends by itself, or with the process.
    """

    def __init__(self) -> None:
        self._idle: list[SimpleQueue[Job | None]] = []
        self._lock = Lock()
        self._closed = False

    def start(self, job: Job) -> None:
        """Run ``job``, which must not raise, in a thread of its own."""
        with self._lock:
            inbox = self._idle.pop() if self._idle else None
        if inbox is None:
            inbox = SimpleQueue()
            Thread(target=self._serve, args=(inbox,), name="lambda-url", daemon=True).start()
        inbox.put(job)

    def close(self) -> None:
        """Let the idle threads end now, the busy ones after their job."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for inbox in idle:
            inbox.put(None)

    def _serve(self, inbox: SimpleQueue[Job | None]) -> None:
        while (job := inbox.get()) is not None:
            job()
            del job
            with self._lock:
                if self._closed:
                    return
                self._idle.append(inbox)


_lock = Lock()
_handles: list[Handle] = []
_patches = Patches()
_workers = Workers()
_late = LateImports({}, lambda _: None)


def install(handle: Handle) -> None:
    """Send every request to a function URL host to ``handle`` from now on, by whatever client it is made.

    May be called again before ``uninstall``: the newest ``handle`` answers.
    """
    global _patches, _workers, _late
    with _lock:
        _handles.append(handle)
        if len(_handles) > 1:
            return
        _patches, _workers = Patches(), Workers()
        try:
            for client in CLIENTS:
                if client in sys.modules:
                    _patch(client)
            _late = LateImports([client for client in CLIENTS if client not in sys.modules], _patch)
            _late.install()
        except BaseException:
            _handles.pop()
            _undo()
            raise


def uninstall() -> None:
    """Take back one ``install``; the last one puts all clients back as they were."""
    with _lock:
        if _handles:
            _handles.pop()
            if not _handles:
                _undo()


def handle(request: Request) -> Response:
    """What the newest ``install`` was given answers to ``request``.

    :raises ConnectionError: nothing is installed (any more).
    """
    try:
        newest = _handles[-1]
    except IndexError:
        raise ConnectionError(f"{request.host} was opened under a mock that has ended") from None
    return newest(request)


def workers() -> Workers:
    """The threads of the present installation."""
    return _workers


def _patch(client: str) -> None:
    import_module(f".{CLIENTS[client]}", __package__).patch(_patches)


def _undo() -> None:
    _late.uninstall()
    _patches.undo()
    _workers.close()


Job = Callable[[], None]
