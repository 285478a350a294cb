"""Signature Version 4 with any part of it made wrong, which no signer of others does."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from urllib.parse import quote


@dataclass(frozen=True, kw_only=True)
class Signer:
    """Signs requests to a function URL; what a probe makes wrong is set beside the credentials.

    ``age`` is how long ago the request says it was made, ``scope_age`` the same for the day in the scope.
    """

    access_key: str
    secret: str
    token: str | None
    region: str
    service: str = "lambda"
    terminator: str = "aws4_request"
    age: timedelta = timedelta()
    scope_age: timedelta | None = None

    def headers(self, host: str, *, method: str = "GET", path: str = "/", query: str = "") -> list[tuple[str, str]]:
        """The header lines that sign a request without a body."""
        now = datetime.now(timezone.utc)
        timestamp = f"{now - self.age:%Y%m%dT%H%M%SZ}"
        day = f"{now - (self.age if self.scope_age is None else self.scope_age):%Y%m%d}"
        signed = {"host": host, "x-amz-date": timestamp}
        if self.token is not None:
            signed["x-amz-security-token"] = self.token
        names = ";".join(sorted(signed))
        lines = "".join(f"{name}:{signed[name]}\n" for name in sorted(signed))
        body = hashlib.sha256(b"").hexdigest()
        canonical = "\n".join([method, quote(path, safe="/~"), query, lines, names, body])
        scope = f"{day}/{self.region}/{self.service}/{self.terminator}"
        hashed = hashlib.sha256(canonical.encode()).hexdigest()
        signature = self._signature(day, f"AWS4-HMAC-SHA256\n{timestamp}\n{scope}\n{hashed}")
        credential = f"Credential={self.access_key}/{scope}, SignedHeaders={names}, Signature={signature}"
        sent = [(name, value) for name, value in signed.items() if name != "host"]
        return [*sent, ("Authorization", f"AWS4-HMAC-SHA256 {credential}")]

    def _signature(self, day: str, text: str) -> str:
        key = f"AWS4{self.secret}".encode()
        for part in (day, self.region, self.service, self.terminator):
            key = hmac.digest(key, part.encode(), "sha256")
        return hmac.new(key, text.encode(), "sha256").hexdigest()
