"""The operations on aliases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.awslambda.models import LambdaAlias

from ..exceptions import InvalidParameterValueException, ResourceConflictException, ResourceNotFoundException
from ..functions.deployed import revision_mismatch
from ..functions.details import new_revision
from ..in_moto import aliases_of
from .lookup import FunctionLookup, alias_not_found, function_not_found
from .pages import page


class AliasOperations(FunctionLookup):
    """The aliases of one account and region."""

    def create_alias(  # type: ignore[override]  # moto calls the routing text
        self,
        name: str,
        function_name: str,
        function_version: str,
        description: str | None = None,
        routing_config: Mapping[str, Any] | None = None,
    ) -> LambdaAlias:
        """Create the alias ``name`` of a function; ``routing_config`` has AdditionalVersionWeights.

        :raises ResourceNotFoundException: the function or a version is missing.
        :raises ResourceConflictException: the name is taken.
        :raises InvalidParameterValueException: the routing is not acceptable.
        """
        with self.changing:
            function = self._resolve(function_name, None, "CreateAlias")[0]
            self._check_version(function, function_version)
            if self._alias((function, name)) is not None:
                raise ResourceConflictException(f"Alias already exists: {self._arn((function, name))}")
            self._check_routing(function, function_version, _weights(routing_config))
            alias = LambdaAlias(
                account_id=self.account_id,
                region=self.region_name,
                name=name,
                function_name=function,
                function_version=function_version,
                description=description or "",
                routing_config=_kept(routing_config),
            )
            aliases_of(self, self._arn((function, None)))[name] = alias
            return alias

    def get_alias(self, name: str, function_name: str) -> LambdaAlias:
        """The alias ``name`` of a function.

        :raises ResourceNotFoundException: it or the function is missing.
        """
        function = self._existing(function_name, "GetAlias")
        alias = self._alias((function, name))
        if alias is None:
            raise alias_not_found(self._arn((function, name)))
        return alias

    def update_alias(  # type: ignore[override]  # moto calls the routing text
        self,
        name: str,
        function_name: str,
        function_version: str | None = None,
        description: str | None = None,
        routing_config: Mapping[str, Any] | None = None,
        *,
        revision_id: str | None = None,
    ) -> LambdaAlias:
        """Replace those settings of an alias that are not None, and its revision id.

        :raises ResourceNotFoundException, InvalidParameterValueException: as for create_alias.
        :raises PreconditionFailedException: it is at another revision.
        """
        with self.changing:
            function = self._existing(function_name, "UpdateAlias")
            alias = self._alias((function, name))
            if alias is None:
                raise ResourceNotFoundException(f"Alias not found: {self._arn((function, name))}")
            if revision_id and revision_id != alias.revision_id:
                raise revision_mismatch()
            version = function_version or alias.function_version
            self._check_version(function, version)
            routing = alias.routing_config if routing_config is None else _kept(routing_config)
            self._check_routing(function, version, _weights(routing))
            alias.update(description, version, routing)
            alias.revision_id = new_revision()
            return alias

    def delete_alias(self, name: str, function_name: str) -> None:
        """Delete an alias, which need not be there.

        :raises ResourceNotFoundException: the function is missing.
        """
        with self.changing:
            function = self._existing(function_name, "DeleteAlias")
            aliases_of(self, self._arn((function, None))).pop(name, None)

    def aliases_page(
        self,
        function_name: str,
        *,
        function_version: str | None = None,
        marker: str | None = None,
        max_items: int | None = None,
    ) -> tuple[list[LambdaAlias], str | None]:
        """The aliases of a function, those of ``function_version`` only if given: a page; the next marker.

        :raises ResourceNotFoundException: the function is missing.
        """
        aliases = self.aliases_of(self._existing(function_name, "ListAliases"))
        wanted = [alias for alias in aliases if function_version in (None, alias.function_version)]
        return page(wanted, lambda alias: (alias.name,), marker=marker, max_items=max_items)

    def _existing(self, function_name: str, action: str) -> str:
        name = self._resolve(function_name, None, action)[0]
        self.latest(name)
        return name

    def _check_version(self, function_name: str, version: str) -> None:
        if self._version((function_name, version)) is None:
            raise function_not_found(self._arn((function_name, version)))

    def _check_routing(self, function_name: str, version: str, weights: Mapping[str, float]) -> None:
        if len(weights) > 1:
            raise InvalidParameterValueException("Number of items in AdditionalVersionWeights cannot be greater than 1")
        for second in weights:
            if second == version:
                raise InvalidParameterValueException(
                    f"Invalid function version {version}. "
                    f"Function version {version} is already included in routing configuration."
                )
            if version == "$LATEST":
                raise InvalidParameterValueException(
                    "$LATEST is not supported for an alias pointing to more than 1 version"
                )
            self._check_version(function_name, second)


def versions_of_alias(alias: LambdaAlias) -> frozenset[str]:
    """The versions that ``alias`` points to."""
    routing: Any = alias.routing_config
    return frozenset({alias.function_version, *_weights(routing)})


def _weights(routing_config: Any) -> Mapping[str, float]:
    return (routing_config or {}).get("AdditionalVersionWeights") or {}


def _kept(routing_config: Any) -> Any:
    weights = _weights(routing_config)
    return {"AdditionalVersionWeights": dict(weights)} if weights else {}
