"""The operations on a function's recursion and runtime management configurations."""

from __future__ import annotations

import dataclasses
from typing import Any

from ..exceptions import InvalidParameterValueException
from ..functions.deployed import DeployedFunction
from .lookup import FunctionLookup, is_version


class ManagementOperations(FunctionLookup):
    """The recursion and runtime management configurations of functions."""

    def get_function_recursion_config(self, function_name: str) -> dict[str, str]:
        """What happens to a recursive loop, which nothing here detects.

        https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionRecursionConfig.html

        :raises ResourceNotFoundException: the function is missing.
        """
        function = self._latest_of(function_name, "GetFunctionRecursionConfig")
        return {"RecursiveLoop": function.details.recursive_loop}

    def put_function_recursion_config(self, function_name: str, recursive_loop: str) -> dict[str, str]:
        """Say what happens to a recursive loop: "Allow" or "Terminate".

        :raises ResourceNotFoundException: the function is missing.
        """
        with self.changing:
            function = self._latest_of(function_name, "PutFunctionRecursionConfig")
            function.details = dataclasses.replace(function.details, recursive_loop=recursive_loop)
            return {"RecursiveLoop": recursive_loop}

    def get_runtime_management_config(self, function_name: str, qualifier: str | None = None) -> dict[str, Any]:
        """When the runtime of ``$LATEST`` or of a version changes.

        https://docs.aws.amazon.com/lambda/latest/api/API_GetRuntimeManagementConfig.html

        :raises ResourceNotFoundException: the function or the version is missing.
        :raises InvalidParameterValueException: the qualifier is an alias's.
        """
        return _runtime_management(self._versioned(function_name, qualifier, "GetRuntimeManagementConfig"))

    def put_runtime_management_config(
        self,
        function_name: str,
        update_runtime_on: str,
        qualifier: str | None = None,
        *,
        runtime_version_arn: str | None = None,
    ) -> dict[str, Any]:
        """Say when the runtime changes: "Auto", "FunctionUpdate", or with "Manual" to ``runtime_version_arn`` now.

        :raises ResourceNotFoundException: the function or the version is missing.
        :raises InvalidParameterValueException: the qualifier is an alias's; "Manual" without an ARN, or an ARN without
            it.
        """
        if (update_runtime_on == "Manual") != (runtime_version_arn is not None):
            # A decision: AWS's text is not public.
            raise InvalidParameterValueException("RuntimeVersionArn is required for Manual updates, and only for them.")
        with self.changing:
            function = self._versioned(function_name, qualifier, "PutRuntimeManagementConfig")
            function.details = dataclasses.replace(
                function.details, update_runtime_on=update_runtime_on, runtime_version_arn=runtime_version_arn
            )
            return _runtime_management(function)

    def _versioned(self, function_name: str, qualifier: str | None, action: str) -> DeployedFunction:
        key = self._resolve(function_name, qualifier, action)
        if key[1] is not None and not is_version(key[1]):
            # A decision: AWS's text is not public.
            raise InvalidParameterValueException("A runtime management configuration belongs to a function or version.")
        return self.deployed(key)


def _runtime_management(function: DeployedFunction) -> dict[str, Any]:
    arn = function.function_arn if function.number else f"{function.function_arn}:$LATEST"
    details = function.details
    config = {"FunctionArn": arn, "UpdateRuntimeOn": details.update_runtime_on}
    version_arn = details.runtime_version_arn
    return {**config, "RuntimeVersionArn": version_arn} if version_arn else config
