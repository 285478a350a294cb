"""moto's Lambda backends turned into ours in place, with what they hold, and back."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

from moto.awslambda.models import FunctionUrlConfig as MotoUrlConfig
from moto.awslambda.models import LambdaBackend, LambdaFunction, lambda_backends
from moto.awslambda_simple.models import LambdaSimpleBackend, lambda_simple_backends
from moto.core.base_backend import backend_lock

from .cors import CorsConfig
from .functions.deployed import DeployedFunction
from .metrics import UrlMetrics
from .models import FunctionUrlBackend, SimpleFunctionUrlBackend
from .policies.statements import from_moto
from .resource_policies import Key, ResourcePolicies, ResourcePolicy
from .url_configs import FunctionUrlConfig, forget_closed, unindex

_PLACES: Any = (
    (lambda_backends, LambdaBackend, FunctionUrlBackend),
    (lambda_simple_backends, LambdaSimpleBackend, SimpleFunctionUrlBackend),
)
"""moto's two sets of backends (the second is for ``use_docker: False``), the class that makes them, and ours."""

_Kept = tuple[dict[Key, FunctionUrlConfig], ResourcePolicies, UrlMetrics]
_kept: WeakKeyDictionary[LambdaBackend, _Kept] = WeakKeyDictionary()
"""What backends have of ours while they are moto's own between two mocks."""


def adopt_all() -> None:
    """Make ours every Lambda backend that moto has and will make."""
    with backend_lock:
        for backends, _, ours in _PLACES:
            backends.backend = ours
            for account in backends.values():
                account.backend = ours
                for backend in account.values():
                    _adopt(backend, ours)


def release_all(*, keep: bool) -> None:
    """Make moto's own again every Lambda backend; no URL answers any more, though ``keep`` lets them come back."""
    with backend_lock:
        for backends, theirs, _ in _PLACES:
            backends.backend = theirs
            for account in backends.values():
                account.backend = theirs
                for backend in account.values():
                    _release(backend, theirs, keep=keep)


def _adopt(backend: Any, ours: type[FunctionUrlBackend]) -> None:
    backend.__class__ = ours
    backend.url_configs, backend.policies, backend.url_metrics = {}, ResourcePolicies(), UrlMetrics()
    names = list(backend._lambdas._functions)
    functions = [[DeployedFunction.adopt(each) for each in backend.versions_of(name)] for name in names]
    if backend in _kept:
        _take_kept(backend)
        return
    for function, *_ in functions:
        _take_policies(backend, function)
        if function.url_config:
            backend.put_url_config(_url_config(function, function.url_config))


def _take_kept(backend: FunctionUrlBackend) -> None:
    configs, backend.policies, backend.url_metrics = _kept.pop(backend)
    for config in configs.values():
        backend.put_url_config(config)
    for name, _ in configs:
        backend.forget_missing(name)


def _take_policies(backend: FunctionUrlBackend, function: LambdaFunction) -> None:
    """moto has one policy for a function and all its versions and aliases; the resources of its statements tell."""
    policy = vars(function)["policy"]
    by_qualifier: dict[str | None, list[dict[str, Any]]] = {}
    for statement in policy.statements:
        qualifier = statement["Resource"].partition(":function:")[2].partition(":")[2]
        by_qualifier.setdefault(qualifier or None, []).append(from_moto(statement))
    for qualifier, statements in by_qualifier.items():
        backend.policies.put((function.function_name, qualifier), ResourcePolicy(tuple(statements), policy.revision))


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


def _release(backend: Any, theirs: type[LambdaBackend], *, keep: bool) -> None:
    unindex(backend.url_configs.values())
    forget_closed(backend.account_id, backend.region_name)
    if keep:
        _kept[backend] = (backend.url_configs, backend.policies, backend.url_metrics)
    for name in list(backend._lambdas._functions):
        policies = backend.policies.of_function(name)
        statements = [statement for policy in policies.values() for statement in policy.statements]
        has_url = (name, None) in backend.url_configs
        for version in backend.versions_of(name):
            if isinstance(version, DeployedFunction):  # a creation that failed half-way left moto's own
                version.release()
            version.policy.statements = statements
            version.url_config = version.url_config if has_url else None
    del backend.url_configs, backend.policies, backend.url_metrics
    backend.__class__ = theirs
