"""The operations on reserved concurrency."""

from __future__ import annotations

import os

from ..exceptions import InvalidParameterValueException
from ..in_moto import function_names
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
