"""The page at ``/_aws/lambda-url/``: every URL, the recent requests, and a form to send a request."""

from .app import Console

__all__ = ["Console"]
