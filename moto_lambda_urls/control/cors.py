"""The CORS configuration of a URL, once it was accepted, and which requests it lets through."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..messages.cors import Cors

SENDABLE = re.compile(r"[\t\x20-\x7e\x80-\xff]+")
"""What is sent in a header of CORS: what a header line can hold, and not empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CorsConfig:
    """A URL's CORS configuration; None stands for a member that was not sent, ``max_age`` is in seconds."""

    allow_credentials: bool | None = None
    allow_headers: tuple[str, ...] | None = None
    allow_methods: tuple[str, ...] | None = None
    allow_origins: tuple[str, ...] | None = None
    expose_headers: tuple[str, ...] | None = None
    max_age: int | None = None

    @classmethod
    def from_api(cls, cors: Cors) -> CorsConfig:
        """The configuration that the API's ``cors``, already validated, describes."""
        return cls(
            allow_credentials=cors.get("AllowCredentials"),
            allow_headers=_members(cors.get("AllowHeaders")),
            allow_methods=_members(cors.get("AllowMethods")),
            allow_origins=_members(cors.get("AllowOrigins")),
            expose_headers=_members(cors.get("ExposeHeaders")),
            max_age=cors.get("MaxAge"),
        )

    def to_api(self) -> Cors:
        """What was sent, empty lists, ``False`` and ``0`` included."""
        cors: Cors = {}
        if self.allow_credentials is not None:
            cors["AllowCredentials"] = self.allow_credentials
        if self.allow_headers is not None:
            cors["AllowHeaders"] = [*self.allow_headers]
        if self.allow_methods is not None:
            cors["AllowMethods"] = [*self.allow_methods]
        if self.allow_origins is not None:
            cors["AllowOrigins"] = [*self.allow_origins]
        if self.expose_headers is not None:
            cors["ExposeHeaders"] = [*self.expose_headers]
        if self.max_age is not None:
            cors["MaxAge"] = self.max_age
        return cors

    def allows_origin(self, origin: str) -> bool:
        """Origins match exactly or by ``*``, without sub-domain wildcards; one that no header can hold never does."""
        return SENDABLE.fullmatch(origin) is not None and _allows(self.allow_origins, origin)

    def allows_method(self, method: str) -> bool:
        """Methods match exactly, as browsers compare them, or by ``*``."""
        return _allows(self.allow_methods, method)

    def allows_headers(self, names: str) -> bool:
        """Whether each of the comma-separated header ``names``, in any case, is allowed."""
        allowed = [name.lower() for name in self.allow_headers or ()]
        asked = [name.strip().lower() for name in names.split(",")]
        return all(_allows(allowed, name) for name in asked if name)


def _members(values: list[str] | None) -> tuple[str, ...] | None:
    return None if values is None else tuple(values)


def _allows(allowed: list[str] | tuple[str, ...] | None, value: str) -> bool:
    # Decision: a list that is empty, or was not sent, allows nothing.
    return allowed is not None and ("*" in allowed or value in allowed)
