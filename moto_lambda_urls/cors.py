"""The CORS configuration of a function URL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class CorsConfig:
    """The ``Cors`` parameter as it was sent."""

    sent: Mapping[str, Any]

    @classmethod
    def from_api(cls, cors: Mapping[str, Any]) -> CorsConfig:
        """The configuration that the API's ``Cors`` describes."""
        return cls(dict(cors))

    def to_api(self) -> dict[str, Any]:
        """The API's ``Cors``, as it was sent."""
        return dict(self.sent)
