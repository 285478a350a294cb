"""Web applications as handlers: ASGI through Mangum, WSGI through apig-wsgi."""

from .application import Handler, HandlerOrApplication, StreamingHandler, as_handler, streaming

__all__ = ["Handler", "HandlerOrApplication", "StreamingHandler", "as_handler", "streaming"]
