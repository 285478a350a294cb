"""The operations on provisioned concurrency."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from moto.awslambda.models import LambdaAlias
from moto.core.utils import utcnow

from ...invocations.provisioning import provision
from ...state import scope
from ..exceptions import (
    InvalidParameterValueException,
    ProvisionedConcurrencyConfigNotFoundException,
    ResourceConflictException,
)
from ..functions.checks import check_tenancy
from ..functions.deployed import DeployedFunction
from ..functions.names import Key
from .aliases import AliasOperations
from .lookup import alias_not_found, function_not_found, is_version
from .pages import page
from .reserved_concurrency import MIN_UNRESERVED, ConcurrencyOperations


@dataclass(frozen=True, kw_only=True)
class ProvisionedConcurrency:
    """How many environments are asked for, and whether they are ready; ``last_modified`` is in the API's form, which
    has no fractions here:
    https://docs.aws.amazon.com/cli/latest/reference/lambda/put-provisioned-concurrency-config.html#examples

    ``failure`` is why there are none, in Lambda's words.
    """

    requested: int
    is_ready: bool
    last_modified: str
    failure: str = ""

    def describe(self) -> dict[str, Any]:
        """The configuration as Lambda's API answers it."""
        is_there = self.is_ready and not self.failure
        there = self.requested if is_there else 0
        status = {"Status": "FAILED", "StatusReason": self.failure} if self.failure else {"Status": "READY"}
        return {
            "RequestedProvisionedConcurrentExecutions": self.requested,
            "AvailableProvisionedConcurrentExecutions": there,
            "AllocatedProvisionedConcurrentExecutions": there,
            **(status if self.is_ready else {"Status": "IN_PROGRESS"}),
            "LastModified": self.last_modified,
        }


class ProvisionedConcurrencyOperations(ConcurrencyOperations, AliasOperations):
    """The provisioned concurrency of versions and aliases of one account and region: the environments of functions that
    run in processes are made at once; of all others it only counts.
    """

    provisioned: dict[Key, ProvisionedConcurrency]

    def put_provisioned_concurrency_config(self, function_name: str, qualifier: str, requested: int) -> dict[str, Any]:
        """Ask for ``requested`` environments of a version or alias. The answer has them in progress.

        https://docs.aws.amazon.com/lambda/latest/api/API_PutProvisionedConcurrencyConfig.html

        :raises ResourceNotFoundException: the function, version or alias is missing.
        :raises InvalidParameterValueException: it is ``$LATEST``, or too much is asked for.
        :raises ResourceConflictException: the alias and its version would both have a configuration.
        """
        key = self._resolve(function_name, qualifier, "PutProvisionedConcurrencyConfig")
        unpublished = "Provisioned Concurrency Configs cannot be applied to unpublished function versions."
        if key[1] == "$LATEST":
            raise InvalidParameterValueException(unpublished)
        with self.changing:
            self._check_there(key)
            if self.deployed(key).number == 0:
                raise InvalidParameterValueException(unpublished)
            check_tenancy(self.deployed(key).details.as_sent, "Provisioned concurrency")
            self._check_room_for(key, requested)
            self._check_apart(key)
            now = f"{utcnow():%Y-%m-%dT%H:%M:%S}+0000"
            asked = ProvisionedConcurrency(requested=requested, is_ready=False, last_modified=now)
            is_immediate = scope.options().function_states == "immediate"
            self.provisioned[key] = dataclasses.replace(asked, is_ready=is_immediate)
        self._make_environments(key[0])
        return asked.describe()

    def get_provisioned_concurrency_config(self, function_name: str, qualifier: str) -> dict[str, Any]:
        """The configuration of a version or alias. With ``function_states`` "pending" it is ready after the first look.

        :raises ResourceNotFoundException: the function, version or alias is missing.
        :raises ProvisionedConcurrencyConfigNotFoundException: it has none.
        :raises InvalidParameterValueException: it is ``$LATEST``.
        """
        key = self._provisionable(function_name, qualifier, "GetProvisionedConcurrencyConfig")
        config = self.provisioned.get(key)
        if config is None:
            raise ProvisionedConcurrencyConfigNotFoundException(
                "No Provisioned Concurrency Config found for this function"
            )
        self.provisioned[key] = dataclasses.replace(config, is_ready=True)
        return config.describe()

    def delete_provisioned_concurrency_config(self, function_name: str, qualifier: str) -> None:
        """Forget the configuration of a version or alias, which need not have one.

        :raises ResourceNotFoundException: the function, version or alias is missing.
        :raises InvalidParameterValueException: it is ``$LATEST``.
        """
        key = self._provisionable(function_name, qualifier, "DeleteProvisionedConcurrencyConfig")
        if self.provisioned.pop(key, None) is not None:
            self._make_environments(key[0], no_longer=self.deployed(key))

    def provisioned_concurrency_page(
        self, function_name: str, *, marker: str | None = None, max_items: int | None = None
    ) -> tuple[list[dict[str, Any]], str | None]:
        """The configurations of a function's versions and aliases: a page of at most ``max_items`` after ``marker``;
        the next marker.

        :raises ResourceNotFoundException: the function is missing.
        """
        name = self._resolve(function_name, None, "ListProvisionedConcurrencyConfigs")[0]
        self.latest(name)
        items = [
            {"FunctionArn": self._arn(key), **config.describe()}
            for key, config in list(self.provisioned.items())
            if key[0] == name
        ]
        return page(items, lambda item: (item["FunctionArn"],), marker=marker, max_items=max_items)

    def forget_missing_provisioned(self, function_name: str) -> None:
        """Drop the configurations of the function's versions and aliases that are gone."""
        for key in [key for key in self.provisioned if key[0] == function_name and not self._exists(key)]:
            del self.provisioned[key]

    def update_alias(self, name: str, function_name: str, *arguments: Any, **settings: Any) -> LambdaAlias:
        """As of ``AliasOperations``; the environments that the alias has are those of its new version."""
        key = self._resolve(function_name, None, "UpdateAlias")[0], name
        before = self.deployed(key) if key in self.provisioned else None
        alias = super().update_alias(name, function_name, *arguments, **settings)
        if before is not None:
            self._make_environments(key[0], no_longer=before)
        return alias

    def _make_environments(self, function_name: str, *, no_longer: DeployedFunction | None = None) -> None:
        """Have as many environments of each version as all configurations for it ask for; none of ``no_longer``."""
        configs = {key: each for key, each in list(self.provisioned.items()) if key[0] == function_name}
        asked: dict[DeployedFunction, int] = {} if no_longer is None else {no_longer: 0}
        versions = {key: self.deployed(key) for key in configs if self._exists(key)}
        for key, version in versions.items():
            asked[version] = asked.get(version, 0) + configs[key].requested
        failed = [version for version, count in asked.items() if not provision(version, count)]
        for key, version in versions.items():
            config, failure = configs[key], "FUNCTION_ERROR_INIT_FAILURE" if version in failed else ""
            if self.provisioned.get(key) is config:
                self.provisioned[key] = dataclasses.replace(config, failure=failure)

    def _provisionable(self, function_name: str, qualifier: str, action: str) -> Key:
        key = self._resolve(function_name, qualifier, action)
        if key[1] == "$LATEST":
            raise InvalidParameterValueException(
                "The function resource provided must be an alias or a published version."
            )
        self._check_there(key)
        return key

    def _check_there(self, key: Key) -> None:
        if not self._exists(key):
            missing = function_not_found if is_version(str(key[1])) else alias_not_found
            raise missing(self._arn(key))

    def _check_room_for(self, key: Key, requested: int) -> None:
        others = {other: config.requested for other, config in self.provisioned.items() if other != key}
        reserved = self.reserved_concurrency(key[0])
        if reserved is not None:
            if reserved < requested + sum(count for (name, _), count in others.items() if name == key[0]):
                raise InvalidParameterValueException(
                    "Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for "
                    "function"
                )
            return
        specified = "Specified ConcurrentExecutions for function"
        limit = self.concurrency_limit()
        if requested > limit:
            raise InvalidParameterValueException(
                f"{specified} is greater than account's unreserved concurrency [{limit}].", kind=None
            )
        if self.unreserved_concurrency() - sum(others.values()) - requested < MIN_UNRESERVED:
            raise InvalidParameterValueException(
                f"{specified} decreases account's UnreservedConcurrentExecution below its minimum value of "
                f"[{MIN_UNRESERVED}].",
                kind=None,
            )

    def _check_apart(self, key: Key) -> None:
        name, qualifier = key
        if not is_version(str(qualifier)):
            if (name, str(self.deployed(key).version)) in self.provisioned:
                raise ResourceConflictException(
                    "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version"
                )
        elif any(
            (name, alias.name) in self.provisioned and alias.function_version == qualifier
            for alias in self.aliases_of(name)
        ):
            raise ResourceConflictException("Version is pointed by a Provisioned Concurrency alias")
