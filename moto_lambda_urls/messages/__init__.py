"""What several packages share: HTTP messages, addresses, the service model, limits, templates."""

from .http import CONNECTION_HEADERS, Handle, Headers, Request, Response, close_body, has_body, has_length

__all__ = ["CONNECTION_HEADERS", "Handle", "Headers", "Request", "Response", "close_body", "has_body", "has_length"]
