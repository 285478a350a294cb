"""The Lambda backend with function URLs and resource policies."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from moto.awslambda.exceptions import UnknownAliasException, UnknownFunctionException
from moto.awslambda.models import LambdaAlias, LambdaBackend, LambdaFunction
from moto.awslambda.utils import get_backend
from moto.core.utils import utcnow
from moto.moto_api._internal import mock_random

from .cors import CorsConfig
from .exceptions import (
    AliasNotFound,
    FunctionDoesNotExist,
    FunctionNotFound,
    NoPolicyFound,
    PolicyOfLatest,
    RequestedResourceNotFound,
    UrlExists,
)
from .function_names import make_function_arn, resolve
from .functions import DeployedFunction
from .policies.statements import Statement, make_statement
from .resource_policies import Key, ResourcePolicies, ResourcePolicy
from .url_configs import FunctionUrlConfig, find_url, index, new_url_id, unindex

__all__ = ["FunctionUrlBackend", "FunctionUrlConfig", "SimpleFunctionUrlBackend", "backend_of", "find_url"]

MOST_CONFIGS_A_PAGE = 50
URL_ID_TAG = "_custom_id_"
"""The function tag that names the id of a URL to come, as LocalStack has it; an alias's gets ``-<alias>`` appended."""


class FunctionUrlBackend(LambdaBackend):
    """moto's Lambda of one account and region, with function URLs; methods are named after AWS's actions.

    Where a method takes ``function_name`` it is of any form that AWS accepts, with or without a qualifier.
    """

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.url_configs: dict[Key, FunctionUrlConfig] = {}
        self.policies = ResourcePolicies()

    def reset(self) -> None:
        unindex(self.url_configs.values())
        super().reset()

    def create_function(self, spec: dict[str, Any]) -> LambdaFunction:
        function = super().create_function(spec)
        for each in (function, *self.versions_of(function.function_name)):
            DeployedFunction.adopt(each)
        return function

    def delete_function(self, function_name: str, qualifier: str | None = None) -> None:
        name = self.get_function(function_name, qualifier).function_name
        super().delete_function(function_name, qualifier)
        self._forget_missing(name)

    def delete_alias(self, name: str, function_name: str) -> None:
        function = self.get_function(function_name).function_name
        super().delete_alias(name, function_name)
        self._forget_missing(function)

    def create_function_url_config(  # type: ignore[override]  # ours is another FunctionUrlConfig than moto's
        self, name_or_arn: str, config: Mapping[str, Any], *, url_id: str | None = None
    ) -> FunctionUrlConfig:
        """Create the URL that ``config`` (the request's parameters) describes; ``url_id`` is its id, random if None.

        :raises FunctionDoesNotExist: the function or the alias is missing.
        :raises UrlExists: it has a URL already.
        :raises UrlIdTaken: another function or alias has ``url_id``.
        """
        key = self._resolve(name_or_arn, config.get("Qualifier"), "CreateFunctionUrlConfig")
        if not self._exists(key):
            raise FunctionDoesNotExist
        if key in self.url_configs:
            raise UrlExists(self._arn(key))
        now = utcnow()
        url_config = FunctionUrlConfig(
            url_id=url_id or self._chosen_url_id(key) or new_url_id(),
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
        return self.put_url_config(url_config)

    def get_function_url_config(  # type: ignore[override]  # ours is another FunctionUrlConfig than moto's
        self, name_or_arn: str, qualifier: str | None = None
    ) -> FunctionUrlConfig:
        """The URL of a function or alias.

        :raises RequestedResourceNotFound: there is none, or no such function or alias.
        """
        return self._url_config(self._resolve(name_or_arn, qualifier, "GetFunctionUrlConfig"))

    def update_function_url_config(  # type: ignore[override]  # ours is another FunctionUrlConfig than moto's
        self, name_or_arn: str, config: Mapping[str, Any]
    ) -> FunctionUrlConfig:
        """Replace each field of the URL that ``config`` (the request's parameters) names, whole.

        :raises FunctionDoesNotExist: the function or the alias is missing.
        :raises RequestedResourceNotFound: it has no URL.
        """
        key = self._resolve(name_or_arn, config.get("Qualifier"), "UpdateFunctionUrlConfig")
        if not self._exists(key):
            raise FunctionDoesNotExist
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

        :raises RequestedResourceNotFound: there is none, or no such function or alias.
        """
        key = self._resolve(name_or_arn, qualifier, "DeleteFunctionUrlConfig")
        unindex([self._url_config(key)])
        del self.url_configs[key]

    def list_function_url_configs(
        self, function_name: str, marker: str | None = None, max_items: int | None = None
    ) -> tuple[list[FunctionUrlConfig], str | None]:
        """The URLs of a function and its aliases: a page of at most ``max_items`` after ``marker``; the next marker.

        :raises FunctionDoesNotExist: the function is missing.
        """
        name, _ = self._resolve(function_name, None, "ListFunctionUrlConfigs")
        if not self._exists((name, None)):
            raise FunctionDoesNotExist
        configs = [config for config in list(self.url_configs.values()) if config.function_name == name]
        configs = sorted((each for each in configs if each.function_arn > (marker or "")), key=lambda c: c.function_arn)
        most = min(max_items or MOST_CONFIGS_A_PAGE, MOST_CONFIGS_A_PAGE)
        return configs[:most], configs[most - 1].function_arn if len(configs) > most else None

    def target(self, config: FunctionUrlConfig) -> LambdaFunction | None:
        """The function version that a request to the URL of ``config`` runs now; None when it or its alias is gone.

        An alias's routing weights decide at random, by moto's seed.
        """
        version = None
        if config.qualifier is not None:
            alias = self._alias((config.function_name, config.qualifier))
            if alias is None:
                return None
            version = _routed_version(alias)
        return self._version((config.function_name, version))

    def resource_policy(self, function_name: str, qualifier: str | None = None) -> dict[str, Any] | None:
        """The policy document of the function ``function_name`` or of its version or alias; None when there is none."""
        policy = self.policies.get((function_name, qualifier))
        return policy.document() if policy else None

    def add_permission(  # type: ignore[override]  # moto's takes the request's body as text
        self, function_name: str, parameters: Mapping[str, Any]
    ) -> Statement:
        """Add the statement that ``parameters`` (the request's) describe to the policy of a function, version or alias.

        :raises FunctionNotFound: the function or version is missing; AliasNotFound: the alias is.
        :raises PolicyRevisionMismatch, StatementExists, PolicyLengthExceeded: see ResourcePolicies.add.
        :raises OnlySupportedFor, InvalidPrincipal: see make_statement.
        """
        key = self._policy_key(function_name, parameters.get("Qualifier"), "AddPermission")
        owner = self._policy_owner(key)
        statement = make_statement(parameters, self._arn(key))
        self.policies.add(key, statement, revision_id=parameters.get("RevisionId"), owner_revision_id=owner.revision_id)
        return statement

    def remove_permission(
        self, function_name: str, sid: str, revision: str | None = None, qualifier: str | None = None
    ) -> None:
        """Take the statement ``sid`` out of the policy of a function, version or alias.

        :raises NoPolicyFound: the function or version is missing; AliasNotFound: the alias is.
        :raises NoPolicy, PolicyRevisionMismatch, StatementNotFound: see ResourcePolicies.remove.
        """
        key = self._policy_key(function_name, qualifier, "RemovePermission")
        try:
            self._policy_owner(key)
        except FunctionNotFound as missing:
            raise NoPolicyFound(self._arn(key)) from missing
        self.policies.remove(key, sid, revision_id=revision)

    def get_policy(  # type: ignore[override]  # moto's gives the answer's text
        self, function_name: str, qualifier: str | None = None
    ) -> ResourcePolicy:
        """The policy of a function, version or alias.

        :raises FunctionNotFound: the function or version is missing; AliasNotFound: the alias is.
        :raises RequestedResourceNotFound: it has no policy.
        """
        key = self._policy_key(function_name, qualifier, "GetPolicy")
        self._policy_owner(key)
        policy = self.policies.get(key)
        if policy is None:
            raise RequestedResourceNotFound
        return policy

    def put_url_config(self, config: FunctionUrlConfig) -> FunctionUrlConfig:
        """Keep ``config`` in place of an older one of the same function or alias, and answer at its host."""
        index(config)
        self.url_configs[config.function_name, config.qualifier] = config
        return config

    def versions_of(self, function_name: str) -> list[LambdaFunction]:
        """``$LATEST`` and the published versions of the function ``function_name``, none when it is missing."""
        stored = self._lambdas._functions.get(function_name)
        return [each for each in (stored["latest"], *stored["versions"]) if each is not None] if stored else []

    def _resolve(self, function_name: str, qualifier: str | None, action: str) -> Key:
        return resolve(function_name, qualifier, region=self.region_name, account_id=self.account_id, action=action)

    def _arn(self, key: Key) -> str:
        return make_function_arn(self.region_name, self.account_id, *key)

    def _version(self, key: Key) -> LambdaFunction | None:
        name, version = key
        try:
            return self._lambdas.get_function_by_name_with_qualifier(name, version)
        except UnknownFunctionException:
            return None

    def _alias(self, key: Key) -> LambdaAlias | None:
        name, alias = key
        try:
            return self._lambdas.get_alias(str(alias), name)
        except (UnknownAliasException, UnknownFunctionException):
            return None

    def _exists(self, key: Key) -> bool:
        name, qualifier = key
        if qualifier is None or _is_version(qualifier):
            return self._version(key) is not None
        return self._version((name, None)) is not None and self._alias(key) is not None

    def _url_config(self, key: Key) -> FunctionUrlConfig:
        config = self.url_configs.get(key)
        if config is None:
            raise RequestedResourceNotFound
        return config

    def _chosen_url_id(self, key: Key) -> str | None:
        name, alias = key
        function = self._version((name, None))
        chosen = function.tags.get(URL_ID_TAG) if function else None
        return f"{chosen}-{alias}" if chosen and alias else chosen

    def _policy_key(self, function_name: str, qualifier: str | None, action: str) -> Key:
        key = self._resolve(function_name, qualifier, action)
        if key[1] == "$LATEST":
            raise PolicyOfLatest
        return key

    def _policy_owner(self, key: Key) -> DeployedFunction | LambdaAlias:
        name, qualifier = key
        if self._version((name, None)) is None:
            raise FunctionNotFound(self._arn((name, None)))
        if qualifier is None or _is_version(qualifier):
            version = self._version(key)
            if version is None:
                raise FunctionNotFound(self._arn(key))
            return DeployedFunction.adopt(version)
        alias = self._alias(key)
        if alias is None:
            raise AliasNotFound(self._arn(key))
        return alias

    def _forget_missing(self, function_name: str) -> None:
        gone = [key for key in self.url_configs if key[0] == function_name and not self._exists(key)]
        unindex([self.url_configs.pop(key) for key in gone])
        for key in self.policies.of_function(function_name):
            if not self._exists(key):
                self.policies.forget(key)


class SimpleFunctionUrlBackend(FunctionUrlBackend):
    """The same for ``use_docker: False``: results queued through moto's own API answer before any handler runs."""

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.lambda_simple_results_queue: list[str] = []

    def invoke(
        self, function_name: str, qualifier: str | None, body: Any, headers: Any, response_headers: Any
    ) -> str | bytes | None:
        if self.lambda_simple_results_queue:
            return self.lambda_simple_results_queue.pop(0).encode()
        return super().invoke(function_name, qualifier, body, headers, response_headers)


def backend_of(account_id: str, region: str) -> FunctionUrlBackend:
    """The backend of an account and region, the one that the active mock's configuration chooses.

    :raises TypeError: function URLs are not installed.
    """
    backend = get_backend(account_id, region)
    if not isinstance(backend, FunctionUrlBackend):
        raise TypeError(f"{backend!r} is moto's own: function URLs are not installed")
    return backend


def _cors(sent: Mapping[str, Any] | None) -> CorsConfig | None:
    # A decision: an empty Cors means none at all.
    return CorsConfig.from_api(dict(sent)) if sent else None


def _is_version(qualifier: str) -> bool:
    return qualifier.isdigit() or "$" in qualifier


def _routed_version(alias: LambdaAlias) -> str:
    routing: Any = alias.routing_config or {}
    draw = mock_random.random()
    for version, weight in (routing.get("AdditionalVersionWeights") or {}).items():
        if draw < weight:
            return str(version)
        draw -= weight
    return alias.function_version
