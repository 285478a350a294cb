"""The value that holds a function URL's configuration, and its id; its operations: `control/operations/urls.py`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

from ..messages.addresses import aws_host
from .cors import CorsConfig
from .exceptions import InvalidParameterValueException
from .functions.names import make_function_arn
from .in_moto import random_text

_ID_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionUrlConfig:
    """The URL of a function, or of its alias ``qualifier``. ``cors`` and ``invoke_mode`` are None while not set.

    Times are UTC without a zone, as moto's clock gives them.
    """

    url_id: str
    account_id: str
    region: str
    function_name: str
    qualifier: str | None = None
    auth_type: str
    cors: CorsConfig | None = None
    invoke_mode: str | None = None
    creation_time: datetime
    last_modified_time: datetime
    host: str = field(init=False, repr=False, compare=False)
    """The host name, ``<id>.lambda-url.<region>.on.aws``."""
    function_arn: str = field(init=False, repr=False, compare=False)
    """The ARN of the function, with ``:alias`` when the URL is an alias's."""

    def __post_init__(self) -> None:
        arn = make_function_arn(self.region, self.account_id, self.function_name, self.qualifier)
        object.__setattr__(self, "host", aws_host(self.url_id, self.region))
        object.__setattr__(self, "function_arn", arn)

    @property
    def url(self) -> str:
        """AWS's own form of the URL, with the trailing slash."""
        return f"https://{self.host}/"


def new_url_id() -> str:
    """A random id of the form that every recorded one has, ``[a-z2-7]{26}0[a-z2-7]{5}``; moto's seed decides it."""
    return f"{random_text(_ID_ALPHABET, 26)}0{random_text(_ID_ALPHABET, 5)}"


def checked_url_id(url_id: str) -> str:
    """An id that a user chose, in lower case as host names are compared.

    :raises InvalidParameterValueException: it cannot be the first label of a host name.
    """
    if not re.fullmatch(r"[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?", url_id.lower()):
        # AWS lets nobody choose an id, and has no such error.
        raise InvalidParameterValueException(
            f"The function URL id {url_id!r} is no label of a host name: "
            "use 1 to 63 letters, digits, hyphens and underscores, the first and last a letter or digit."
        )
    return url_id.lower()
