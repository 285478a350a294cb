"""What an event is made from beside the request: a function URL, ids and a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone

from support.builders import HOST

NOW = datetime(2026, 3, 2, 1, 4, 5, 678901, tzinfo=timezone.utc)
REQUEST_ID = "11111111-2222-3333-4444-555555555555"
TRACE_ID = "1-69a4e0b5-0123456789abcdef01234567"
URL_ID = HOST.partition(".")[0]


@dataclass(frozen=True)
class Url:
    """What an event reads of a function URL's configuration."""

    url_id: str = URL_ID
    host: str = HOST
    account_id: str = "123456789012"
    auth_type: str = "NONE"


PUBLIC = Url()
