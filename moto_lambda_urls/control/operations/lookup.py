"""Lookup of the functions, versions and aliases that requests name, and of the version that an alias routes to."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from moto.awslambda.models import LambdaAlias, LambdaBackend, LambdaFunction

from .. import in_moto
from ..exceptions import ResourceNotFoundException
from ..functions.deployed import DeployedFunction
from ..functions.names import Key, make_function_arn, resolve


class FunctionLookup(LambdaBackend):
    """moto's Lambda backend of one account and region, with lookups by name and qualifier."""

    changing: AbstractContextManager[object]
    """Held while functions, versions and aliases change, so that no two requests see the same state before them."""

    def versions_of(self, function_name: str) -> list[LambdaFunction]:
        """``$LATEST`` and the published versions of the function ``function_name``, none when it is missing."""
        return in_moto.versions_of(self, function_name)

    def reserved_concurrency(self, function_name: str) -> int | None:
        """How many invocations of the function ``function_name`` may run at once; None when there is no such limit."""
        function = self._version((function_name, None))
        reserved = None if function is None else function.reserved_concurrency
        return None if reserved is None else int(reserved)

    def version_that_runs(self, key: Key) -> LambdaFunction | None:
        """The version that an invocation of a function, version or alias runs now; None when it is gone.

        An alias's routing weights decide at random, by moto's seed.
        """
        name, qualifier = key
        if qualifier is None or is_version(qualifier):
            return self._version(key)
        alias = self._alias(key)
        return None if alias is None else self._version((name, _routed_version(alias)))

    def latest(self, function_name: str) -> DeployedFunction:
        """``$LATEST`` of the function ``function_name``.

        :raises ResourceNotFoundException: it is missing.
        """
        function = self._version((function_name, None))
        if function is None:
            raise function_not_found(self._arn((function_name, None)))
        return DeployedFunction.adopt(function)

    def deployed(self, key: Key) -> DeployedFunction:
        """The version that ``key`` names, or that the alias in it points to first.

        :raises ResourceNotFoundException: the function, the version or the alias is missing.
        """
        name, qualifier = key
        is_alias = qualifier is not None and not is_version(qualifier)
        alias = self._alias(key) if is_alias else None
        function = None
        if self._version((name, None)) is not None and (alias is not None or not is_alias):
            function = self._version((name, alias.function_version if alias else qualifier))
        if function is None:
            raise function_not_found(self._arn(key))
        return DeployedFunction.adopt(function)

    def aliases_of(self, function_name: str) -> list[LambdaAlias]:
        """The aliases of the function ``function_name``, by name."""
        aliases = in_moto.aliases_of(self, self._arn((function_name, None)))
        return sorted(aliases.values(), key=lambda alias: alias.name)

    def _latest_of(self, function_name: str, action: str) -> DeployedFunction:
        """``latest`` of a name or ARN as a request for ``action`` gives it."""
        return self.latest(self._resolve(function_name, None, action)[0])

    def _resolve(self, function_name: str, qualifier: str | None, action: str) -> Key:
        return resolve(function_name, qualifier, region=self.region_name, account_id=self.account_id, action=action)

    def _arn(self, key: Key) -> str:
        return make_function_arn(self.region_name, self.account_id, *key)

    def _version(self, key: Key) -> LambdaFunction | None:
        return in_moto.find_version(self, *key)

    def _alias(self, key: Key) -> LambdaAlias | None:
        name, alias = key
        return in_moto.find_alias(self, name, str(alias))

    def _exists(self, key: Key) -> bool:
        name, qualifier = key
        if qualifier is None or is_version(qualifier):
            return self._version(key) is not None
        return self._version((name, None)) is not None and self._alias(key) is not None


def function_not_found(arn: str) -> ResourceNotFoundException:
    """The function, or its version when ``arn`` is qualified, is missing."""
    return ResourceNotFoundException(f"Function not found: {arn}")


def alias_not_found(arn: str) -> ResourceNotFoundException:
    """The alias that ``arn`` names is missing."""
    return ResourceNotFoundException(f"Cannot find alias arn: {arn}")


def requested_resource_not_found() -> ResourceNotFoundException:
    """A URL configuration or a policy is missing."""
    return ResourceNotFoundException("The resource you requested does not exist.")


def is_version(qualifier: str) -> bool:
    """Whether ``qualifier`` can only be a version's: aliases are neither numbers nor have a ``$``."""
    return qualifier.isdigit() or "$" in qualifier


def _routed_version(alias: LambdaAlias) -> str:
    routing: Any = alias.routing_config or {}
    draw = in_moto.random_fraction()
    for version, weight in (routing.get("AdditionalVersionWeights") or {}).items():
        if draw < weight:
            return str(version)
        draw -= weight
    return alias.function_version
