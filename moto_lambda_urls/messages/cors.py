"""The ``Cors`` structure of Lambda's API."""

from __future__ import annotations

from typing import TypedDict


class Cors(TypedDict, total=False):
    """The CORS settings of a URL as a request or an answer has them; a member that was not sent is absent."""

    AllowCredentials: bool
    AllowHeaders: list[str]
    AllowMethods: list[str]
    AllowOrigins: list[str]
    ExposeHeaders: list[str]
    MaxAge: int
