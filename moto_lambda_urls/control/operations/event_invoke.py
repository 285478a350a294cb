"""The operations on the settings of asynchronous invocations: retries, event age, destinations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.awslambda.models import EventInvokeConfig
from moto.awslambda.utils import get_backend
from moto.core.utils import unix_time

from ..exceptions import InvalidParameterValueException, ResourceNotFoundException
from ..functions.names import Key, make_function_arn, parse
from ..in_moto import find_version
from .lookup import FunctionLookup
from .pages import page

SETTINGS = ("MaximumRetryAttempts", "MaximumEventAgeInSeconds", "DestinationConfig")


_DESTINATIONS = ("events", "lambda", "sns", "sqs")
"""Services that take records of asynchronous invocations; S3 takes those of failed ones.
https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html"""


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
        return self._put(key, {**self._stored(key).config, **_named(config)})

    def get_function_event_invoke_config(self, function_name: str, qualifier: str | None = None) -> dict[str, Any]:
        """The configuration of a function, version or alias.

        :raises ResourceNotFoundException: the function, or its configuration, is missing.
        """
        return self._stored(self._resolve(function_name, qualifier, "GetFunctionEventInvokeConfig")).response()

    def delete_function_event_invoke_config(self, function_name: str, qualifier: str | None = None) -> None:
        """Forget the configuration of a function, version or alias.

        :raises ResourceNotFoundException: the function, or its configuration, is missing.
        """
        key = self._key(function_name, qualifier, "DeleteFunctionEventInvokeConfig")
        self._all_of(key[0]).remove(self._stored(key))

    def event_invoke_configs_page(
        self, function_name: str, *, marker: str | None = None, max_items: int | None = None
    ) -> tuple[list[dict[str, Any]], str | None]:
        """The configurations of a function, its versions and aliases: a page of at most ``max_items`` after ``marker``;
        the next marker.

        :raises ResourceNotFoundException: it is missing.
        """
        name, _ = self._key(function_name, None, "ListFunctionEventInvokeConfigs")
        configs, next_marker = page(self._all_of(name), lambda each: (each.arn,), marker=marker, max_items=max_items)
        return [config.response() for config in configs], next_marker

    def event_invoke_config(self, function_name: str, qualifier: str | None) -> Mapping[str, Any] | None:
        """The settings for events to ``qualifier`` of the function, None for Lambda's own."""
        arn = self._config_arn((function_name, qualifier))
        return next((each.config for each in self._all_of(function_name) if each.arn == arn), None)

    def _put(self, key: Key, config: dict[str, Any]) -> dict[str, Any]:
        self._check_destinations(key[0], config.get("DestinationConfig") or {})
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

    def _check_destinations(self, function_name: str, config: Mapping[str, Any]) -> None:
        success, failure = ((config.get(name) or {}).get("Destination") for name in ("OnSuccess", "OnFailure"))
        if not (_can_be_destination(success) and _can_be_destination(failure, "s3")):
            on_success = f"OnSuccess(destination={success})" if success else "null"
            on_failure = f"OnFailure(destination={failure})" if failure else "null"
            raise InvalidParameterValueException(
                f"The provided destination config DestinationConfig(onSuccess={on_success}, onFailure={on_failure}) "
                "is invalid."
            )
        for arn in (success, failure):
            if arn and _service(arn) == "lambda":
                self._check_function(function_name, arn)

    def _check_function(self, function_name: str, arn: str) -> None:
        destination = parse(arn)
        account_id, region = destination.account_id or self.account_id, destination.region or self.region_name
        if find_version(get_backend(account_id, region), destination.name, None) is None:
            raise InvalidParameterValueException(f"The destination ARN {arn} is invalid.")
        if make_function_arn(region, account_id, destination.name) == self._arn((function_name, None)):
            raise InvalidParameterValueException("You can't specify the function as a destination for itself.")

    def _key(self, function_name: str, qualifier: str | None, action: str) -> Key:
        key = self._resolve(function_name, qualifier, action)
        if not self._exists(key):
            raise ResourceNotFoundException("The function doesn't exist.")
        return key

    def _config_arn(self, key: Key) -> str:
        return self._arn((key[0], key[1] or "$LATEST"))


def _settings(config: Mapping[str, Any]) -> dict[str, Any]:
    destinations = {"OnSuccess": {}, "OnFailure": {}, **(config.get("DestinationConfig") or {})}
    return {**_named(config), "DestinationConfig": destinations}


def _named(config: Mapping[str, Any]) -> dict[str, Any]:
    return {name: config[name] for name in SETTINGS if name in config}


def _can_be_destination(arn: str | None, *more: str) -> bool:
    return not arn or _service(arn) in (*_DESTINATIONS, *more)


def _service(arn: str) -> str:
    return arn.split(":")[2]
