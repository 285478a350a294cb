"""The index of function URLs by host name, over all accounts and regions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import RLock
from typing import NamedTuple, Protocol

from moto.awslambda.models import LambdaFunction

from ..state.invocation_metrics import InvocationMetrics
from ..state.metrics import UrlMetrics
from .exceptions import InvalidParameterValueException
from .resource_policies import PolicyDocument
from .url_configs import FunctionUrlConfig


class UrlOwner(Protocol):
    """The backend that has a URL, as far as answering a request to the URL needs it."""

    url_metrics: UrlMetrics
    invocation_metrics: InvocationMetrics

    def resource_policy(self, function_name: str, qualifier: str | None = None) -> PolicyDocument | None: ...
    def reserved_concurrency(self, function_name: str) -> int | None: ...
    def target(self, config: FunctionUrlConfig) -> LambdaFunction | None: ...


class Watcher(Protocol):
    """Somebody who is told of URLs as they come, change and go, while they are changing."""

    def opened(self, config: FunctionUrlConfig) -> None: ...
    def gone(self, config: FunctionUrlConfig) -> None: ...


class Indexed(NamedTuple):
    """A URL that answers, and the backend that it belongs to."""

    config: FunctionUrlConfig
    backend: UrlOwner


class UrlIndex:
    """Which URL has which host name. Hosts are given in any case, without a port.

    ``changing`` is held while URLs change, since each is at two places: here and at its backend.
    """

    def __init__(self) -> None:
        self.changing = RLock()
        self._by_id: dict[str, Indexed] = {}
        self._deleted: dict[str, Indexed] = {}
        self._closed: set[str] = set()
        self._watchers: list[Watcher] = []

    @contextmanager
    def watched_by(self, watcher: Watcher) -> Iterator[None]:
        """Tell ``watcher`` of the URLs that there are, and during the block of those that come and go."""
        with self.changing:
            for config in self.configs():
                watcher.opened(config)
            self._watchers.append(watcher)
        try:
            yield
        finally:
            with self.changing:
                self._watchers.remove(watcher)

    def find(self, host: str) -> Indexed | None:
        """The URL that has the host name ``host``; None for an unknown id or region."""
        host = host.lower()
        found = self._by_id.get(host.partition(".")[0])
        return found if found is not None and found.config.host == host else None

    def find_url(self, host: str) -> FunctionUrlConfig | None:
        """The configuration of the URL that ``find`` finds."""
        found = self.find(host)
        return None if found is None else found.config

    def find_url_by_id(self, url_id: str) -> FunctionUrlConfig | None:
        """The configuration of the URL ``url_id``, whatever its region; None for an unknown id."""
        found = self._by_id.get(url_id.lower())
        return None if found is None else found.config

    def find_closed(self, host: str) -> FunctionUrlConfig | None:
        """The configuration of the URL that had ``host`` until its alias was deleted; None where there was none."""
        deleted = self.find_deleted(host)
        return deleted.config if deleted is not None and deleted.config.url_id in self._closed else None

    def find_deleted(self, host: str) -> Indexed | None:
        """The URL that had ``host`` until it, its alias or its function was deleted; None where there was none."""
        host = host.lower()
        found = self._deleted.get(host.partition(".")[0])
        return found if found is not None and found.config.host == host else None

    def configs(self) -> list[FunctionUrlConfig]:
        """The configurations of all URLs that answer."""
        return [config for config, _ in list(self._by_id.values())]

    def put(self, config: FunctionUrlConfig, backend: UrlOwner) -> None:
        """Make ``config`` the answer for its host, in place of an older one of the same function or alias.

        :raises InvalidParameterValueException: its id is another function's or alias's.
        """
        with self.changing:
            known = self.find_url_by_id(config.url_id)
            if known is not None and (known.region, known.function_arn) != (config.region, config.function_arn):
                # AWS lets nobody choose an id, and has no such error.
                raise InvalidParameterValueException(
                    f"The function URL id {config.url_id} is taken by {known.function_arn}. Choose another one."
                )
            self._by_id[config.url_id] = Indexed(config, backend)
            self._deleted.pop(config.url_id, None)
            self._closed.discard(config.url_id)
            for watcher in self._watchers:
                watcher.opened(config)

    def remove(self, configs: Iterable[FunctionUrlConfig]) -> None:
        """Take ``configs`` out: their hosts are unknown from now on."""
        with self.changing:
            for config in configs:
                if self.find_url_by_id(config.url_id) is config:
                    self._deleted[config.url_id] = self._by_id.pop(config.url_id)
                    for watcher in self._watchers:
                        watcher.gone(config)

    def close(self, configs: Iterable[FunctionUrlConfig]) -> None:
        """Forget ``configs``, whose aliases were deleted, but for their hosts: AWS knows them still, and refuses."""
        with self.changing:
            for config in configs:
                self.remove([config])
                self._closed.add(config.url_id)

    def forget_deleted(self, account_id: str, region: str) -> None:
        """Forget the hosts of deleted URLs of an account and region."""
        with self.changing:
            for config, _ in list(self._deleted.values()):
                if (config.account_id, config.region) == (account_id, region):
                    del self._deleted[config.url_id]
                    self._closed.discard(config.url_id)


url_index = UrlIndex()
"""Of the process, as moto's backends are: a request names a host, but neither the account nor the backend."""
