"""The Lambda backend with function URLs and resource policies."""

from __future__ import annotations

from collections.abc import Callable
from threading import RLock
from types import ModuleType
from typing import Any, ClassVar
from weakref import WeakValueDictionary

from moto.awslambda.utils import get_backend
from moto.settings import enable_iso_regions

from ..state.invocation_metrics import InvocationMetrics
from ..state.metrics import UrlMetrics
from .event_sources.mappings import EventSourceMapping
from .functions.names import Key
from .in_moto import PathsElsewhere
from .operations.aliases import AliasOperations
from .operations.code_signing import CodeSigningConfig
from .operations.invoke import InvokeAnswer
from .operations.layer_permissions import LayerPermissionOperations
from .operations.layers import LayerOperations
from .operations.management import ManagementOperations
from .operations.provisioned import ProvisionedConcurrency, ProvisionedConcurrencyOperations
from .operations.scaling import ScalingOperations
from .operations.streams import StreamOperations
from .operations.tags import TagOperations
from .operations.triggers import TriggerOperations
from .operations.urls import UrlOperations
from .resource_policies import ResourcePolicies
from .url_configs import FunctionUrlConfig
from .url_index import url_index

__all__ = ["FunctionUrlBackend", "FunctionUrlConfig", "SimpleFunctionUrlBackend", "backend_of"]

_urls: dict[bool, dict[str, Callable[..., Any]]] = {}
"""The patterns of Lambda's paths, of the process: they depend on moto's setting for the ISO regions alone, the key."""


class FunctionUrlBackend(
    PathsElsewhere,
    UrlOperations,
    StreamOperations,
    TriggerOperations,
    ProvisionedConcurrencyOperations,
    ManagementOperations,
    ScalingOperations,
    LayerOperations,
    LayerPermissionOperations,
    AliasOperations,
    TagOperations,
):
    """moto's Lambda of one account and region, with function URLs; methods are named after AWS's actions.

    Where a method takes a function's name it is of any form that AWS accepts, with or without a qualifier. ``adoption``
    sets ``paths``, the module ``urls``: what answers them uses backends.
    """

    paths: ClassVar[ModuleType]

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.begin()

    def begin(self) -> None:
        """Set up the state that moto's backend lacks, empty."""
        self.changing = RLock()
        self.url_configs: dict[Key, FunctionUrlConfig] = {}
        self.policies = ResourcePolicies()
        self.url_metrics = UrlMetrics()
        self.invocation_metrics = InvocationMetrics()
        self.provisioned: dict[Key, ProvisionedConcurrency] = {}
        self.code_signing_configs: dict[str, CodeSigningConfig] = {}
        self.layer_policies = ResourcePolicies("GetLayerPolicy", "GetLayerPolicy")
        self.deleted_layers = WeakValueDictionary()
        self.event_sources: dict[str, EventSourceMapping] = {}

    @property
    def urls(self) -> dict[str, Callable[..., Any]]:
        """The patterns of Lambda's paths; moto asks for them, and makes them anew, with each request to its API."""
        with_iso = enable_iso_regions()
        if with_iso not in _urls:
            _urls[with_iso] = super().urls
        return _urls[with_iso]

    @property
    def paths_module(self) -> ModuleType:
        return self.paths

    def reset(self) -> None:
        url_index.remove(self.url_configs.values())
        url_index.forget_deleted(self.account_id, self.region_name)
        super().reset()

    def delete_function(self, function_name: str, qualifier: str | None = None) -> None:
        super().delete_function(function_name, qualifier)
        self.forget_missing(self._resolve(function_name, qualifier, "DeleteFunction")[0])

    def delete_alias(self, name: str, function_name: str) -> None:
        super().delete_alias(name, function_name)
        self.forget_missing(self._resolve(function_name, None, "DeleteAlias")[0])

    def forget_missing(self, function_name: str) -> None:
        """Drop the configurations and policies of the function ``function_name`` whose version or alias is gone."""
        self.forget_missing_urls(function_name)
        self.forget_missing_provisioned(function_name)
        for key in self.policies.of_function(function_name):
            if not self._exists(key):
                self.policies.forget(key)


class SimpleFunctionUrlBackend(FunctionUrlBackend):
    """The same for ``use_docker: False``: results queued through moto's own API answer before any handler runs."""

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.lambda_simple_results_queue: list[str] = []

    def answer_invoke(self, function_name: str, qualifier: str | None, payload: bytes, **options: Any) -> InvokeAnswer:
        if not self.lambda_simple_results_queue:
            return super().answer_invoke(function_name, qualifier, payload, **options)
        status = {"Event": 202, "DryRun": 204}.get(options.get("invocation_type", ""), 200)
        headers = {"content-type": "application/json"}
        return InvokeAnswer(status=status, headers=headers, payload=self.lambda_simple_results_queue.pop(0).encode())


def backend_of(account_id: str, region: str) -> FunctionUrlBackend:
    """The backend of an account and region, the one that the active mock's configuration chooses.

    :raises TypeError: function URLs are not installed.
    """
    backend = get_backend(account_id, region)
    if not isinstance(backend, FunctionUrlBackend):
        raise TypeError(f"{backend!r} is moto's own: function URLs are not installed")
    return backend
