"""The data plane: a request to a function URL in, AWS's response out."""

from __future__ import annotations

import logging
from datetime import datetime, timezone
from uuid import uuid4

from . import models, payload
from .messages import Request, Response

logger = logging.getLogger("moto_lambda_urls")


def handle(request: Request) -> Response:
    """Answer ``request`` as the function URL at ``request.host`` does; never raises but for ``raise_handler_errors``."""
    now = datetime.now(timezone.utc)
    request_id = str(uuid4())
    config = models.find_url(request.host)
    if config is None:
        logger.warning(
            "%s %s: no such function URL; there are %s", request.method, request.host, models.known_urls() or "none"
        )
        return payload.unknown_url(request, request_id=request_id, now=now)
