"""A function URL's configuration, and which configuration a host name belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any, NamedTuple

from .cors import CorsConfig
from .exceptions import InvalidUrlId, UrlIdTaken
from .functions.names import make_function_arn
from .in_moto import random_text

_ID_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionUrlConfig:
    """The URL of a function, or of its alias ``qualifier``. ``cors`` and ``invoke_mode`` are None when never set.

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
        object.__setattr__(self, "host", f"{self.url_id}.lambda-url.{self.region}.on.aws")
        object.__setattr__(self, "function_arn", arn)

    @property
    def url(self) -> str:
        """AWS's own form of the URL, with the trailing slash."""
        return f"https://{self.host}/"


class Indexed(NamedTuple):
    """A URL that answers, and the backend that it belongs to."""

    config: FunctionUrlConfig
    backend: Any


_by_id: dict[str, Indexed] = {}
_closed: dict[str, FunctionUrlConfig] = {}
_lock = Lock()


def find(host: str) -> Indexed | None:
    """The URL that has the host name ``host`` (any case, no port); None for an unknown id or region."""
    host = host.lower()
    found = _by_id.get(host.partition(".")[0])
    return found if found is not None and found.config.host == host else None


def find_url(host: str) -> FunctionUrlConfig | None:
    """The configuration of the URL that ``find`` finds."""
    found = find(host)
    return None if found is None else found.config


def is_closed(host: str) -> bool:
    """Whether ``host`` was that of an alias's URL until the alias was deleted."""
    host = host.lower()
    config = _closed.get(host.partition(".")[0])
    return config is not None and config.host == host


def known_configs() -> list[FunctionUrlConfig]:
    """The configurations of all URLs that answer, of every account and region."""
    return [config for config, _ in list(_by_id.values())]


def known_urls() -> list[str]:
    """All URLs that answer, of every account and region."""
    return [config.url for config in known_configs()]


def find_url_by_id(url_id: str) -> FunctionUrlConfig | None:
    """The configuration of the URL ``url_id``, whatever its region; None for an unknown id."""
    found = _by_id.get(url_id.lower())
    return None if found is None else found.config


def index(config: FunctionUrlConfig, backend: Any) -> None:
    """Make ``config``, of ``backend``, the answer for its host, in place of an older one of the same function or alias.

    :raises UrlIdTaken: its id is another function's or alias's.
    """
    with _lock:
        known = find_url_by_id(config.url_id)
        if known is not None and (known.region, known.function_arn) != (config.region, config.function_arn):
            raise UrlIdTaken(config.url_id, known.function_arn)
        _by_id[config.url_id] = Indexed(config, backend)
        _closed.pop(config.url_id, None)


def unindex(configs: Iterable[FunctionUrlConfig]) -> None:
    """Forget ``configs``: their hosts are unknown from now on."""
    with _lock:
        for config in configs:
            if find_url_by_id(config.url_id) is config:
                del _by_id[config.url_id]


def close(configs: Iterable[FunctionUrlConfig]) -> None:
    """Forget ``configs``, whose aliases were deleted, but for their hosts: AWS knows them still, and refuses."""
    for config in configs:
        unindex([config])
        _closed[config.url_id] = config


def forget_closed(account_id: str, region: str) -> None:
    """Forget the hosts that were closed in an account and region."""
    for config in list(_closed.values()):
        if (config.account_id, config.region) == (account_id, region):
            _closed.pop(config.url_id, None)  # another thread may have been here


def new_url_id() -> str:
    """A random id of the form that every recorded one has, ``[a-z2-7]{26}0[a-z2-7]{5}``; moto's seed decides it."""
    return f"{random_text(_ID_ALPHABET, 26)}0{random_text(_ID_ALPHABET, 5)}"


def checked_url_id(url_id: str) -> str:
    """An id that a user chose, in lower case as host names are compared.

    :raises InvalidUrlId: it cannot be the first label of a host name.
    """
    if not re.fullmatch(r"[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?", url_id.lower()):
        raise InvalidUrlId(url_id)
    return url_id.lower()
