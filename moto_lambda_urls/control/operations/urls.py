"""The operations on function URLs, and what their settings are refused for, those of CORS too."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Mapping
from typing import Any

from moto.awslambda.models import LambdaFunction
from moto.core.utils import utcnow

from ...messages.addresses import URL_ID_TAG
from ...messages.cors import Cors
from ...state.invocation_metrics import InvocationMetrics
from ...state.metrics import UrlMetrics
from ..cors import CorsConfig
from ..exceptions import ResourceConflictException, ResourceNotFoundException
from ..functions.checks import check_tenancy
from ..functions.names import Key
from ..regions import WITHOUT_URLS
from ..url_configs import FunctionUrlConfig, checked_url_id, new_url_id
from ..url_index import url_index
from .lookup import requested_resource_not_found
from .pages import MAX_ITEMS
from .permissions import PermissionOperations

_logger = logging.getLogger("moto_lambda_urls")


class UrlOperations(PermissionOperations):
    """Function URLs of one account and region; ``url_configs`` holds them by function name and alias."""

    url_configs: dict[Key, FunctionUrlConfig]
    url_metrics: UrlMetrics
    invocation_metrics: InvocationMetrics

    def create_function_url_config(  # type: ignore[override]  # ours is another FunctionUrlConfig than moto's
        self, name_or_arn: str, config: Mapping[str, Any], *, url_id: str | None = None
    ) -> FunctionUrlConfig:
        """Create the URL that ``config`` (the request's parameters) describes; ``url_id`` is its id, random if None.

        :raises ResourceNotFoundException: the function or the alias is missing.
        :raises ResourceConflictException: it has a URL already.
        :raises InvalidParameterValueException: the function has a TenancyConfig; ``url_id`` is no part of a host name,
            or another URL's.
        """
        key = self._resolve(name_or_arn, config.get("Qualifier"), "CreateFunctionUrlConfig")
        with url_index.changing:
            self._check_target(key)
            check_tenancy(self.latest(key[0]).details.as_sent, "A function URL")
            if key in self.url_configs:
                raise ResourceConflictException(
                    f"Failed to create function url config for [functionArn = {self._arn(key)}]. "
                    "Error message:  FunctionUrlConfig exists for this Lambda function"
                )
            chosen_id = url_id or self._tagged_url_id(key)
            now = utcnow()
            url_config = FunctionUrlConfig(
                url_id=checked_url_id(chosen_id) if chosen_id else new_url_id(),
                account_id=self.account_id,
                region=self.region_name,
                function_name=key[0],
                qualifier=key[1],
                auth_type=config["AuthType"],
                cors=_cors(config.get("Cors")),
                invoke_mode=config.get("InvokeMode"),
                creation_time=now,
                last_modified_time=now,
            )
            self._warn_of_region(url_config)
            return self.put_url_config(url_config)

    def get_function_url_config(  # type: ignore[override]  # ours is another FunctionUrlConfig than moto's
        self, name_or_arn: str, qualifier: str | None = None
    ) -> FunctionUrlConfig:
        """The URL of a function or alias.

        :raises ResourceNotFoundException: there is none, or no such function or alias.
        """
        return self._url_config(self._resolve(name_or_arn, qualifier, "GetFunctionUrlConfig"))

    def update_function_url_config(  # type: ignore[override]  # ours is another FunctionUrlConfig than moto's
        self, name_or_arn: str, config: Mapping[str, Any]
    ) -> FunctionUrlConfig:
        """Replace each field of the URL that ``config`` (the request's parameters) names, whole.

        :raises ResourceNotFoundException: the function or the alias is missing, or has no URL.
        """
        key = self._resolve(name_or_arn, config.get("Qualifier"), "UpdateFunctionUrlConfig")
        self._check_target(key)
        with url_index.changing:
            stored = self._url_config(key)
            changed = dataclasses.replace(
                stored,
                auth_type=config.get("AuthType") or stored.auth_type,
                cors=_cors(config["Cors"]) if config.get("Cors") is not None else stored.cors,
                invoke_mode=config.get("InvokeMode") or stored.invoke_mode,
                last_modified_time=utcnow(),
            )
            return self.put_url_config(changed)

    def delete_function_url_config(self, name_or_arn: str, qualifier: str | None = None) -> None:
        """Delete the URL of a function or alias; its permissions stay.

        :raises ResourceNotFoundException: there is none, or no such function or alias.
        """
        key = self._resolve(name_or_arn, qualifier, "DeleteFunctionUrlConfig")
        with url_index.changing:
            url_index.remove([self._url_config(key)])
            del self.url_configs[key]

    def list_function_url_configs(
        self, function_name: str, marker: str | None = None, max_items: int | None = None
    ) -> tuple[list[FunctionUrlConfig], str | None]:
        """The URLs of a function and its aliases: a page of at most ``max_items`` after ``marker``; the next marker.

        :raises ResourceNotFoundException: the function, or the alias that its name carries, is missing.
        """
        key = self._resolve(function_name, None, "ListFunctionUrlConfigs")
        self._check_target(key)
        configs = [config for config in list(self.url_configs.values()) if config.function_name == key[0]]
        rest = sorted((each for each in configs if each.function_arn > (marker or "")), key=lambda c: c.function_arn)
        most = min(max_items or MAX_ITEMS, MAX_ITEMS)
        return rest[:most], rest[most - 1].function_arn if len(rest) > most else None

    def target(self, config: FunctionUrlConfig) -> LambdaFunction | None:
        """The function version that a request to the URL of ``config`` runs now; None when it or its alias is gone.

        An alias's routing weights decide at random, by moto's seed.
        """
        return self.version_that_runs((config.function_name, config.qualifier))

    def put_url_config(self, config: FunctionUrlConfig) -> FunctionUrlConfig:
        """Keep ``config`` in place of an older one of the same function or alias, and answer at its host."""
        url_index.put(config, self)
        self.url_configs[config.function_name, config.qualifier] = config
        return config

    def forget_missing_urls(self, function_name: str) -> None:
        """Drop the URLs of the function ``function_name``, or of its aliases, that are gone."""
        forget = url_index.close if self._exists((function_name, None)) else url_index.remove
        with url_index.changing:
            gone = [key for key in self.url_configs if key[0] == function_name and not self._exists(key)]
            forget([self.url_configs.pop(key) for key in gone])

    def _warn_of_region(self, config: FunctionUrlConfig) -> None:
        if self.region_name in WITHOUT_URLS:
            _logger.warning(
                "%s has a function URL here, but AWS's list says that there are none in %s",
                config.function_arn,
                self.region_name,
            )

    def _url_config(self, key: Key) -> FunctionUrlConfig:
        config = self.url_configs.get(key)
        if config is None:
            raise requested_resource_not_found()
        return config

    def _check_target(self, key: Key) -> None:
        name, alias = key
        if self._version((name, None)) is None or (alias is not None and self._alias(key) is None):
            raise ResourceNotFoundException("Function does not exist")

    def _tagged_url_id(self, key: Key) -> str | None:
        name, alias = key
        function = self._version((name, None))
        chosen = function.tags.get(URL_ID_TAG) if function else None
        return f"{chosen}-{alias}" if chosen and alias else chosen


def _cors(sent: Cors | None) -> CorsConfig | None:
    # A decision: an empty Cors means none at all.
    return CorsConfig.from_api(sent) if sent else None
