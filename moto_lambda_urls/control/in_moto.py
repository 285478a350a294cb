"""Access to the private parts of moto's Lambda: no other module touches them."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from types import ModuleType
from typing import Any, TypeVar
from urllib.parse import urlsplit

from moto.awslambda.exceptions import UnknownAliasException, UnknownFunctionException
from moto.awslambda.models import EventSourceMapping, LambdaAlias, LambdaBackend, LambdaFunction, LayerVersion
from moto.awslambda.policy import Policy
from moto.awslambda.responses import LambdaResponse
from moto.core.base_backend import BackendDict, backend_lock
from moto.moto_api._internal import mock_random

from ..messages.service_model import operation_at

Function = TypeVar("Function", bound=LambdaFunction)

_AS_SENT = {
    "Description": "description",
    "Handler": "handler",
    "KMSKeyArn": "kms_key_arn",
    "MemorySize": "memory_size",
    "Role": "role",
    "Runtime": "run_time",
    "Timeout": "timeout",
    "TracingConfig": "tracing_config",
    "VpcConfig": "_vpc_config",
}
"""Settings that a function keeps as they were sent, by their names in the API."""

_CHANGEABLE = ("code", "environment_vars", "layers", "tracing_config", "_vpc_config", "_architectures", "image_config")
"""The attributes of a function whose values can be changed in place."""


def become(instance: Any, new_class: type) -> None:
    """Make ``instance``, one of moto's backends or functions, an instance of ``new_class``, with what it holds."""
    instance.__class__ = new_class


def change_backends(changes: Iterable[tuple[BackendDict[Any], type, Callable[[Any], None]]]) -> None:
    """Change the class of which sets of backends make new ones, and convert those that exist.

    Each of ``changes`` has a set of backends, the class for new ones, and what is called with each existing one. Other
    threads see all changes or none.
    """
    with backend_lock:
        for backends, maker, change in changes:
            backends.backend = maker
            for account in backends.values():
                account.backend = maker
                for backend in account.values():
                    change(backend)


def existing_backends(backends: Mapping[str, Mapping[str, Any]]) -> list[Any]:
    """The backends of all accounts and regions that were used, of one of moto's sets."""
    with backend_lock:
        return [backend for account in backends.values() for backend in account.values()]


class PathsElsewhere(LambdaBackend):
    """A backend whose paths are in ``paths_module``; moto looks for them beside the backend's own module."""

    @property
    def paths_module(self) -> ModuleType:
        """Has ``url_bases`` and ``url_paths``, as moto's modules of paths do."""
        raise NotImplementedError

    @property
    def _url_module(self) -> Any:
        return self.paths_module


def function_names(backend: LambdaBackend) -> list[str]:
    """The names of all functions, in the order of their creation."""
    return list(backend._lambdas._functions)


def versions_of(backend: LambdaBackend, name: str) -> list[LambdaFunction]:
    """``$LATEST`` and the published versions of the function ``name``, none when it is missing."""
    stored = backend._lambdas._functions.get(name)
    return [each for each in (stored["latest"], *stored["versions"]) if each is not None] if stored else []


def published_versions_of(backend: LambdaBackend, name: str) -> list[LambdaFunction]:
    """The published versions of the function ``name``, oldest first.

    :raises KeyError: the function is missing.
    """
    return list(backend._lambdas._functions[name]["versions"])


def find_version(backend: LambdaBackend, name: str, qualifier: str | None) -> LambdaFunction | None:
    """``$LATEST`` of the function ``name``, or the version that ``qualifier`` says; None when it is missing."""
    try:
        return backend._lambdas.get_function_by_name_with_qualifier(name, qualifier)
    except UnknownFunctionException:
        return None


def put_function(backend: LambdaBackend, function: LambdaFunction) -> None:
    """Store a new function, ``$LATEST``."""
    backend._lambdas.put_function(function)


def add_version(backend: LambdaBackend, version: LambdaFunction) -> None:
    """Store a new version of a function as its newest."""
    backend._lambdas._functions[version.function_name]["versions"].append(version)
    backend._lambdas._arns[version.function_arn] = version


def remove_version(backend: LambdaBackend, version: LambdaFunction) -> None:
    """Take a published version out of the backend."""
    backend._lambdas._functions[version.function_name]["versions"].remove(version)
    backend._lambdas._arns.pop(version.function_arn, None)


def aliases_of(backend: LambdaBackend, function_arn: str) -> dict[str, LambdaAlias]:
    """The aliases of the function ``function_arn`` by name, to be changed in place; none when it is missing."""
    return backend._lambdas._aliases[function_arn]


def find_alias(backend: LambdaBackend, function_name: str, alias: str) -> LambdaAlias | None:
    """The alias of a function; None when it or the function is missing."""
    try:
        return backend._lambdas.get_alias(alias, function_name)
    except (UnknownAliasException, UnknownFunctionException):
        return None


def take_event_source_mappings(backend: LambdaBackend) -> list[EventSourceMapping]:
    """Take moto's event source mappings out of the backend, in the order of their creation."""
    taken = list(backend._event_source_mappings.values())
    backend._event_source_mappings.clear()
    return taken


def put_event_source_mapping(
    backend: LambdaBackend, uuid: str, arn: str, settings: Mapping[str, Any]
) -> EventSourceMapping:
    """Give the backend an event source mapping of moto's own with the ``settings`` of a request."""
    place = {"RegionName": backend.region_name, "AccountId": backend.account_id}
    mapping = EventSourceMapping({**settings, **place})  # type: ignore[abstract]  # moto leaves methods of its base out
    mapping.uuid, mapping.arn = uuid, arn
    backend._event_source_mappings[uuid] = mapping
    return mapping


def layer_versions(backend: LambdaBackend) -> list[LayerVersion]:
    """The versions of all layers."""
    return [version for name in backend._layers._layers for version in versions_of_layer(backend, name)]


def versions_of_layer(backend: LambdaBackend, name: str) -> list[LayerVersion]:
    """The versions of the layer ``name``, oldest first, none when it is missing."""
    layer = backend._layers._layers.get(name)
    return list(layer.layer_versions.values()) if layer else []


def put_layer_version(backend: LambdaBackend, version: LayerVersion) -> None:
    """Store a new version of a layer under its next number, which no version had before."""
    backend._layers.put_layer_version(version)


def policy_of_layer(version: LayerVersion) -> Policy:
    """moto's own policy of a layer version."""
    policy: Policy = version.policy
    return policy


def keep_as_sent(function: LambdaFunction, settings: Mapping[str, Any]) -> None:
    """Set copies of those of the request's ``settings`` that moto keeps as they were sent."""
    for name, attribute in _AS_SENT.items():
        if name in settings:
            setattr(function, attribute, copy.deepcopy(settings[name]))


def put_layers(function: LambdaFunction, versions: Iterable[LayerVersion]) -> None:
    """Give the function the layer ``versions``."""
    function.layers = [{"Arn": each.arn, "CodeSize": each.code_size} for each in versions]


def put_image(function: LambdaFunction, image_uri: str) -> None:
    """Give the function the container image ``image_uri``."""
    function._set_function_code({"ImageUri": image_uri})


def vpc_config_of(function: LambdaFunction) -> Mapping[str, Any]:
    """The function's VpcConfig as it was sent, empty when there was none."""
    return function._vpc_config or {}


def policy_of(function: LambdaFunction) -> Policy:
    """moto's own policy of a function, also where a subclass shows another."""
    policy: Policy = vars(function)["policy"]
    return policy


def separate_copy(function: Function) -> Function:
    """A copy of ``function`` that shares nothing with it that can change, but for what holds for all its versions."""
    made = copy.copy(function)
    vars(made).update(copy.deepcopy({name: vars(function)[name] for name in _CHANGEABLE}))
    return made


def run_in_docker(function: LambdaFunction, event: Any) -> tuple[str, bool, str]:
    """Run the function in a container: what it printed last, whether it failed, and its log."""
    return function._invoke_lambda(event)


def package_of_text(text: str) -> bytes:
    """The zip that CloudFormation makes of a template's inline code."""
    return LambdaFunction._create_zipfile_from_plaintext_code(text)


class LambdaApi(LambdaResponse):
    """moto's responses to requests for Lambda's API."""

    @cached_property
    def operation(self) -> str:
        """The operation that the request is for, in AWS's spelling; empty when there is none."""
        # moto finds none where a required parameter of the query is missing; moto 5.2.4 looks at the path only.
        asked = urlsplit(self.uri)
        return operation_at(self.method, asked.path, asked.query) or super()._get_action() or ""

    def _get_action(self) -> str:
        return self.operation

    def completed(self, headers: dict[str, str], body: Any) -> tuple[dict[str, str], Any]:
        """An answer's headers and body with what moto adds to every answer, its request id."""
        return self._enrich_response(headers, body)

    @staticmethod
    def _enrich_response(headers: Any, body: Any) -> tuple[Any, Any]:
        # The answer to an invocation has the request id that its handler saw; moto's own are no UUIDs.
        request_id = headers.get("x-amzn-requestid") or random_uuid()
        headers, body = LambdaResponse._enrich_response(headers, body)
        return {**headers, "x-amzn-requestid": request_id}, body


def random_uuid() -> str:
    """A random UUID. moto's seed, ``/moto-api/seed``, makes this and the next two functions repeatable."""
    return str(mock_random.uuid4())


def random_text(alphabet: str, length: int) -> str:
    """``length`` random letters of ``alphabet``."""
    return "".join(mock_random.choice(alphabet) for _ in range(length))


def random_fraction() -> float:
    """A random number from 0 up to 1."""
    return mock_random.random()
