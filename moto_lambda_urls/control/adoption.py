"""Adoption of moto's own Lambda backends and functions, and their release."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from importlib import import_module
from typing import Any
from weakref import WeakKeyDictionary

from moto.awslambda.models import FunctionUrlConfig as MotoUrlConfig
from moto.awslambda.models import LambdaBackend, LambdaFunction, LayerVersion

from .cors import CorsConfig
from .event_sources import adopted
from .functions.deployed import DeployedFunction
from .functions.names import Key
from .in_moto import become, function_names, layer_versions, policy_of, policy_of_layer, versions_of
from .models import FunctionUrlBackend, SimpleFunctionUrlBackend
from .operations.provisioned import ProvisionedConcurrency
from .resource_policies import ResourcePolicy, from_moto
from .url_configs import FunctionUrlConfig
from .url_index import url_index

__all__ = ["FunctionUrlBackend", "SimpleFunctionUrlBackend", "adopt", "release"]

FunctionUrlBackend.paths = import_module(f"{__package__}.urls")

_OTHERS = (
    "policies",
    "url_metrics",
    "invocation_metrics",
    "code_signing_configs",
    "layer_policies",
    "deleted_layers",
    "event_sources",
)
"""The state of a backend that moto's lacks, beside its URLs and provisioned concurrency."""

_Kept = tuple[dict[Key, FunctionUrlConfig], Mapping[str, Any]]
_kept: WeakKeyDictionary[LambdaBackend, _Kept] = WeakKeyDictionary()
"""What ``release`` kept of backends, which are moto's own between two mocks; of the process, as moto's backends are."""

_provisioned: WeakKeyDictionary[LambdaFunction, dict[Key, ProvisionedConcurrency]] = WeakKeyDictionary()
"""The provisioned concurrency of functions that are moto's own between two mocks; of the process, as they are."""


def adopt(backend: Any, ours: type[FunctionUrlBackend]) -> None:
    """Turn ``backend``, moto's own, into an instance of ``ours``, and its functions into deployed ones.

    Its URLs and policies are those that ``release`` kept, or else those that moto has.
    """
    become(backend, ours)
    backend.begin()
    names, was_kept = function_names(backend), backend in _kept
    functions = [[DeployedFunction.adopt(each) for each in versions_of(backend, name)] for name in names]
    if was_kept:
        _take_kept(backend)
    for function, *_ in functions:
        backend.provisioned.update(_provisioned.pop(function, {}))
        backend.forget_missing_provisioned(function.function_name)
    backend.event_sources = adopted.take(backend, backend.event_sources.values())
    if was_kept:
        return
    for version in layer_versions(backend):
        _take_layer_policy(backend, version)
    for function, *_ in functions:
        _take_policies(backend, function)
        if function.url_config:
            backend.put_url_config(_url_config(function, function.url_config))


def _take_kept(backend: FunctionUrlBackend) -> None:
    configs, others = _kept.pop(backend)
    vars(backend).update(others)
    for config in configs.values():
        backend.put_url_config(config)
    for name, _ in configs:
        backend.forget_missing(name)


def _take_policies(backend: FunctionUrlBackend, function: LambdaFunction) -> None:
    """Split the policy that moto keeps for a function, its versions and aliases, by the resources of its statements."""
    policy = policy_of(function)
    by_qualifier: dict[str | None, list[dict[str, Any]]] = {}
    for statement in policy.statements:
        qualifier = statement["Resource"].partition(":function:")[2].partition(":")[2]
        by_qualifier.setdefault(qualifier or None, []).append(from_moto(statement))
    for qualifier, statements in by_qualifier.items():
        backend.policies.put((function.function_name, qualifier), ResourcePolicy(tuple(statements), policy.revision))


def _take_layer_policy(backend: FunctionUrlBackend, version: LayerVersion) -> None:
    policy = policy_of_layer(version)
    statements = tuple(from_moto(each) for each in policy.statements)
    backend.layer_policies.put((version.name, str(version.version)), ResourcePolicy(statements, policy.revision))


def _set_provisioned_aside(backend: FunctionUrlBackend, name: str) -> None:
    configs = {key: config for key, config in backend.provisioned.items() if key[0] == name}
    if configs:
        _provisioned[versions_of(backend, name)[0]] = configs


def _give_layer_policy(backend: FunctionUrlBackend, version: LayerVersion) -> None:
    policy = backend.layer_policies.get((version.name, str(version.version)))
    policy_of_layer(version).statements = list(policy.statements) if policy else []


def _url_config(function: LambdaFunction, config: MotoUrlConfig) -> FunctionUrlConfig:
    cors = config.config.get("Cors")
    return FunctionUrlConfig(
        url_id=config.url.partition("://")[2].partition(".")[0],
        account_id=function.account_id,
        region=function.region,
        function_name=function.function_name,
        auth_type=config.config.get("AuthType", "NONE"),
        cors=CorsConfig.from_api(cors) if cors else None,
        invoke_mode=config.config.get("InvokeMode"),
        creation_time=datetime.fromisoformat(config.created[:19]),
        last_modified_time=datetime.fromisoformat(config.last_modified[:19]),
    )


def release(backend: Any, theirs: type[LambdaBackend], *, keep: bool) -> None:
    """Turn ``backend`` back into an instance of ``theirs``, moto's own class. Its URLs stop answering.

    With ``keep`` its URLs, policies and metrics are kept for the next ``adopt``.
    """
    url_index.remove(backend.url_configs.values())
    url_index.forget_deleted(backend.account_id, backend.region_name)
    if keep:
        _kept[backend] = (backend.url_configs, {name: getattr(backend, name) for name in _OTHERS})
    for name in function_names(backend):
        policies = backend.policies.of_function(name)
        statements = [statement for policy in policies.values() for statement in policy.statements]
        has_url = (name, None) in backend.url_configs
        _set_provisioned_aside(backend, name)
        for version in versions_of(backend, name):
            if isinstance(version, DeployedFunction):  # a creation that failed half-way left moto's own
                version.release()
            version.policy.statements = statements
            version.url_config = version.url_config if has_url else None
    for layer_version in layer_versions(backend):
        _give_layer_policy(backend, layer_version)
    adopted.give_back(backend, backend.event_sources.values())
    for name in ("changing", "url_configs", "provisioned", *_OTHERS):
        delattr(backend, name)
    become(backend, theirs)
