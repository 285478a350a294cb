"""The operations on the settings of asynchronous invocations: retries, event age, destinations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.awslambda.models import EventInvokeConfig
from moto.core.utils import unix_time

from ..exceptions import InvalidParameterValueException, ResourceNotFoundException
from ..functions.names import Key
from .lookup import FunctionLookup

SETTINGS = ("MaximumRetryAttempts", "MaximumEventAgeInSeconds", "DestinationConfig")


class EventInvokeOperations(FunctionLookup):
    """The EventInvokeConfigs of one account and region.

    moto keeps those of a function's versions and aliases in the function's own list, told apart by their ARN.
    """

    def put_function_event_invoke_config(
        self, function_name: str, config: dict[str, Any], qualifier: str | None = None
    ) -> dict[str, Any]:
        """Replace the configuration of a function, version or alias as a whole by ``config``.

        :raises InvalidParameterValueException: there is nothing in ``config``.
        :raises ResourceNotFoundException: it is missing.
        """
        if not any(name in config for name in SETTINGS):
            raise InvalidParameterValueException(
                "You must specify at least one of error handling or destination setting."
            )
        return self._put(self._key(function_name, qualifier, "PutFunctionEventInvokeConfig"), config)

    def update_function_event_invoke_config(
        self, function_name: str, config: dict[str, Any], qualifier: str | None = None
    ) -> dict[str, Any]:
        """Replace each setting that ``config`` names.

        :raises ResourceNotFoundException: the function, or its configuration, is missing.
        """
        key = self._key(function_name, qualifier, "UpdateFunctionEventInvokeConfig")
        return self._put(key, {**self._stored(key).config, **_settings(config)})

    def get_function_event_invoke_config(self, function_name: str, qualifier: str | None = None) -> dict[str, Any]:
        """The configuration of a function, version or alias.

        :raises ResourceNotFoundException: the function, or its configuration, is missing.
        """
        return self._stored(self._key(function_name, qualifier, "GetFunctionEventInvokeConfig")).response()

    def delete_function_event_invoke_config(self, function_name: str, qualifier: str | None = None) -> None:
        """Forget the configuration of a function, version or alias.

        :raises ResourceNotFoundException: the function, or its configuration, is missing.
        """
        key = self._key(function_name, qualifier, "DeleteFunctionEventInvokeConfig")
        self._all_of(key[0]).remove(self._stored(key))

    def list_function_event_invoke_configs(self, function_name: str) -> dict[str, Any]:
        """All configurations of a function, its versions and aliases.

        :raises ResourceNotFoundException: it is missing.
        """
        name, _ = self._key(function_name, None, "ListFunctionEventInvokeConfigs")
        return {"FunctionEventInvokeConfigs": [config.response() for config in self._all_of(name)]}

    def event_invoke_config(self, function_name: str, qualifier: str | None) -> Mapping[str, Any] | None:
        """The settings for events to ``qualifier`` of the function, None for Lambda's own."""
        arn = self._config_arn((function_name, qualifier))
        return next((each.config for each in self._all_of(function_name) if each.arn == arn), None)

    def _put(self, key: Key, config: dict[str, Any]) -> dict[str, Any]:
        arn, configs = self._config_arn(key), self._all_of(key[0])
        made = EventInvokeConfig(arn, unix_time(), _settings(config))  # type: ignore[arg-type]  # seconds, as AWS gives
        configs[:] = [each for each in configs if each.arn != arn] + [made]
        return made.response()

    def _stored(self, key: Key) -> EventInvokeConfig:
        arn = self._config_arn(key)
        for config in self._all_of(key[0]):
            if config.arn == arn:
                return config
        raise ResourceNotFoundException(f"The function {arn} doesn't have an EventInvokeConfig")

    def _all_of(self, function_name: str) -> list[EventInvokeConfig]:
        function = self._version((function_name, None))
        return [] if function is None else function.event_invoke_config

    def _key(self, function_name: str, qualifier: str | None, action: str) -> Key:
        key = self._resolve(function_name, qualifier, action)
        if not self._exists(key):
            raise ResourceNotFoundException("The function doesn't exist.")
        return key

    def _config_arn(self, key: Key) -> str:
        return self._arn((key[0], key[1] or "$LATEST"))


def _settings(config: Mapping[str, Any]) -> dict[str, Any]:
    return {"DestinationConfig": {"OnSuccess": {}, "OnFailure": {}}} | {
        name: config[name] for name in SETTINGS if name in config
    }
