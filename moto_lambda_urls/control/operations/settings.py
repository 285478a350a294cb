"""The operations on reserved concurrency and on tags."""

from __future__ import annotations

import os
from collections.abc import Mapping

from ..exceptions import InvalidParameterValueException
from ..functions.checks import check_tags
from ..functions.deployed import DeployedFunction
from ..in_moto import function_names
from .event_sources import EventSourceOperations
from .lookup import FunctionLookup, function_not_found

ACCOUNT_CONCURRENCY = 1000
MIN_UNRESERVED = 100
"""https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html"""


class ConcurrencyOperations(FunctionLookup):
    """How much of an account's concurrency in a region is reserved."""

    def put_function_concurrency(self, function_name: str, reserved_concurrency: int | str) -> int:  # type: ignore[override]  # moto's gives text
        """Reserve concurrency for a function.

        :raises ResourceNotFoundException: the function is missing.
        :raises InvalidParameterValueException: the name is a version's or alias's, or too little would stay for the
            other functions.
        """
        name, qualifier = self._resolve(function_name, None, "PutFunctionConcurrency")
        if qualifier is not None:
            raise InvalidParameterValueException(
                "This operation is permitted on Lambda functions only. Aliases and versions do not support this "
                "operation. Please specify either a function name or an unqualified function ARN."
            )
        if self._version((name, None)) is None:
            raise function_not_found(self._arn((name, "$LATEST")))
        others = sum(self.reserved_concurrency(each) or 0 for each in function_names(self) if each != name)
        if self.concurrency_limit() - others - int(reserved_concurrency) < MIN_UNRESERVED:
            raise InvalidParameterValueException(
                "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution "
                f"below its minimum value of [{MIN_UNRESERVED}].",
                kind=None,
            )
        self.latest(name).reserved_concurrency = int(reserved_concurrency)
        return int(reserved_concurrency)

    def get_function_concurrency(self, function_name: str) -> int | None:  # type: ignore[override]  # moto's gives text
        """The concurrency reserved for a function, None when none is.

        :raises ResourceNotFoundException: the function is missing.
        """
        name = self._resolve(function_name, None, "GetFunctionConcurrency")[0]
        return self.reserved_concurrency(self.latest(name).function_name)

    def delete_function_concurrency(self, function_name: str) -> None:
        """Let a function share the unreserved concurrency.

        :raises ResourceNotFoundException: the function is missing.
        """
        name = self._resolve(function_name, None, "DeleteFunctionConcurrency")[0]
        self.latest(name).reserved_concurrency = None

    def unreserved_concurrency(self) -> int:
        """What is left of the account's limit."""
        return self.concurrency_limit() - sum(self.reserved_concurrency(name) or 0 for name in function_names(self))

    def concurrency_limit(self) -> int:
        """The account's limit in this region: AWS's, or what moto's MOTO_LAMBDA_CONCURRENCY_QUOTA says."""
        return int(os.environ.get("MOTO_LAMBDA_CONCURRENCY_QUOTA") or ACCOUNT_CONCURRENCY)


class TagOperations(EventSourceOperations):
    """The tags of one account and region."""

    def list_tags(self, resource_arn: str) -> dict[str, str]:
        """The tags of a function, an event source mapping too.

        :raises ResourceNotFoundException: the function is missing.
        """
        if _is_mapping(resource_arn):
            return dict(self.tagged_mapping(resource_arn).tags)
        return dict(self._tagged(resource_arn, "ListTags").tags)

    def tag_resource(self, resource_arn: str, tags: dict[str, str]) -> None:
        """Add ``tags`` to a function, over those of the same name.

        :raises InvalidParameterValueException: no tags, too many, or those of a version or alias.
        :raises ResourceNotFoundException: the function is missing.
        """
        if not tags:
            raise InvalidParameterValueException("An error occurred and the request cannot be processed.")
        if _is_mapping(resource_arn):
            mapping = self.tagged_mapping(resource_arn)
            check_tags({**mapping.tags, **tags})
            mapping.tags |= tags
            return
        function = self._tagged(resource_arn, "TagResource")
        self._put_tags(function, {**function.tags, **tags})

    def untag_resource(self, resource_arn: str, tag_keys: list[str]) -> None:
        """Take the tags ``tag_keys`` from a function, as far as they are there.

        :raises InvalidParameterValueException: the resource is a version or an alias.
        :raises ResourceNotFoundException: the function is missing.
        """
        if _is_mapping(resource_arn):
            tags = self.tagged_mapping(resource_arn).tags
            for key in tag_keys:
                tags.pop(key, None)
            return
        function = self._tagged(resource_arn, "UntagResource")
        self._put_tags(function, {key: value for key, value in function.tags.items() if key not in tag_keys})

    def _tagged(self, resource_arn: str, action: str) -> DeployedFunction:
        name, qualifier = self._resolve(resource_arn, None, action)
        if qualifier is not None:
            raise InvalidParameterValueException(
                "Tags on function aliases and versions are not supported. Please specify a function ARN."
            )
        return self.latest(name)

    def _put_tags(self, function: DeployedFunction, tags: Mapping[str, str]) -> None:
        check_tags(tags)
        function.tags = dict(tags)
        function.renew_revision()


def _is_mapping(arn: str) -> bool:
    return ":event-source-mapping:" in arn
