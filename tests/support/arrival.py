"""A request's arrival whose ids and time are known, and the function URL that it arrives at."""

from __future__ import annotations

from datetime import datetime, timezone

from moto_lambda_urls.gateway.arrival import Arrival
from support.builders import make_url_config

NOW = datetime(2026, 3, 2, 1, 4, 5, 678901, tzinfo=timezone.utc)
REQUEST_ID = "11111111-2222-3333-4444-555555555555"
TRACE_ID = "1-69a4e0b5-0123456789abcdef01234567"
ARRIVAL = Arrival(method="GET", request_id=REQUEST_ID, trace_id=TRACE_ID, now=NOW)
PUBLIC = make_url_config()
