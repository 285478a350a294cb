"""An ASGI application as a handler."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, closing
from typing import Any

from mangum import Mangum
from mangum.protocols import LifespanCycle

from .application import StreamingHandler

Message = dict[str, Any]
_PRELUDE_KEYS = ("statusCode", "headers", "cookies")


class AsgiApplication(StreamingHandler):
    """``application`` behind Mangum, whose defaults run its lifespan's startup and shutdown around each request."""

    def __init__(self, application: Callable[..., Any]) -> None:
        self._application = application

    def __call__(self, event: Any, context: Any) -> Any:
        return Mangum(self._application)(event, context)  # made in the invocation, whose event loop it asks for

    def stream(self, event: Any, context: Any) -> Iterator[dict[str, Any] | bytes]:
        """What Mangum's call does, but for the response, which Mangum itself only makes whole.

        What the application raises fails the invocation, also after a response that it has sent.
        """
        application = self._application
        request = Mangum(application).infer(event, context)
        with ExitStack() as around:
            lifespan = LifespanCycle(application, "auto")
            around.enter_context(lifespan)
            scope = {**request.scope, "state": lifespan.lifespan_state.copy()}
            exchange = _Exchange(application, scope, request.body)
            for message in around.enter_context(closing(exchange.messages())):
                if message["type"] == "http.response.start":
                    whole = request({"status": message["status"], "headers": message.get("headers", []), "body": b""})
                    yield {key: whole[key] for key in _PRELUDE_KEYS if key in whole}
                else:
                    yield message.get("body", b"")


class _Exchange:
    """One request to ``application``, which runs only while somebody asks for its next message."""

    def __init__(self, application: Callable[..., Any], scope: Any, body: bytes) -> None:
        self._loop = asyncio.get_event_loop()
        self._received: asyncio.Queue[Message] = asyncio.Queue()
        self._received.put_nowait({"type": "http.request", "body": body, "more_body": False})
        self._sent: asyncio.Queue[Message] = asyncio.Queue(maxsize=1)
        self._run = self._loop.create_task(application(scope, self._received.get, self._sent.put))

    def messages(self) -> Generator[Message, None, None]:
        """The messages of the response as they are sent; the application is ended with the iterator.

        :raises RuntimeError: the application ended before its response did.
        """
        more = True
        try:
            while (message := self._loop.run_until_complete(self._next())) is not None:
                yield message
                more = message["type"] == "http.response.start" or bool(message.get("more_body"))
                if not more:
                    self._disconnect()
            if more:
                raise RuntimeError("the ASGI application ended before its response did")
        finally:
            self._disconnect()
            self._run.cancel()
            self._loop.run_until_complete(asyncio.gather(self._run, return_exceptions=True))

    def _disconnect(self) -> None:
        self._received.put_nowait({"type": "http.disconnect"})

    async def _next(self) -> Message | None:
        sent = asyncio.ensure_future(self._sent.get())
        await asyncio.wait({sent, self._run}, return_when=asyncio.FIRST_COMPLETED)
        if sent.done():
            return sent.result()
        sent.cancel()
        await self._run  # raises what the application did
        return None
