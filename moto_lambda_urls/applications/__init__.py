"""Web applications as handlers: ASGI through Mangum, WSGI through apig-wsgi."""

from .application import HandlerOrApplication, StreamingHandler, as_handler, streaming

__all__ = ["HandlerOrApplication", "StreamingHandler", "as_handler", "streaming"]
