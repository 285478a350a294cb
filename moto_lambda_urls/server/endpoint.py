"""AWS's API of a mock over HTTP, for its functions in processes of their own."""

from __future__ import annotations

from contextlib import ExitStack
from contextvars import Context
from threading import Thread
from typing import TYPE_CHECKING

from . import outgoing
from .app import make_app
from .guard import Guard
from .listener import POLL_SECONDS, Listener, base_url, listen

if TYPE_CHECKING:
    from ..state.scope import Scope


def serve(mine: Scope) -> str:
    """Answer at a free port of the loopback interface, until ``mine`` ends; the URL to ask at.

    :raises OSError: there is no port to be had.
    """
    with ExitStack() as undo, listen("127.0.0.1", 0) as listening:
        undo.callback(outgoing.mark().undo)
        listener = Listener(listening, make_app(mine, Guard()))
        thread = Thread(target=listener.serve_forever, args=(POLL_SECONDS,), daemon=True)
        Context().run(thread.start)  # the caller may be a handler
        undo.callback(thread.join)
        undo.callback(listener.finish)
        mine.at_end.push(undo.pop_all())
        return base_url("http", *listening.getsockname()[:2])
