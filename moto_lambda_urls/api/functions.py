"""Requests about functions and versions to backend methods, and what they give to answers."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from moto.core.common_types import TYPE_RESPONSE

from ..addressing import is_aws_api
from ..exceptions import RequestEntityTooLarge
from ..functions.code_storage import download_url
from ..functions.configuration import describe, in_list
from ..functions.deployed import DeployedFunction
from ..functions.names import resolve
from .answers import ApiResponse, answer, page_answer

LARGEST_REQUEST = 70_167_211
"""Bytes of a request with a package in it."""


class FunctionResponses(ApiResponse):
    """The operations on functions, versions and the account."""

    def create_function(self) -> TYPE_RESPONSE:
        self._check_size("CreateFunction")
        function = self.backend.create_function(self._parameters("CreateFunction"))
        unqualified = function.function_arn if function.number == 0 else function.function_arn.rpartition(":")[0]
        return answer("CreateFunction", describe(function, arn=unqualified, with_update_status=False))

    def get_function(self) -> TYPE_RESPONSE:  # type: ignore[override]  # moto's gives text
        parameters = self._parameters("GetFunction")
        function, configuration = self._found(parameters, "GetFunction")
        result = {"Configuration": configuration, "Code": self._code(function)}
        latest = self.backend.latest(function.function_name)
        if latest.tags:
            result["Tags"] = dict(latest.tags)
        reserved = self.backend.reserved_concurrency(function.function_name)
        if reserved is not None:
            result["Concurrency"] = {"ReservedConcurrentExecutions": reserved}
        return answer("GetFunction", result)

    def get_function_configuration(self) -> TYPE_RESPONSE:  # type: ignore[override]  # moto's gives text
        parameters = self._parameters("GetFunctionConfiguration")
        return answer("GetFunctionConfiguration", self._found(parameters, "GetFunctionConfiguration")[1])

    def update_function_code(self) -> TYPE_RESPONSE:
        self._check_size("UpdateFunctionCode")
        parameters = self._parameters("UpdateFunctionCode")
        function = self.backend.update_function_code(parameters["FunctionName"], parameters)
        return answer("UpdateFunctionCode", describe(function))

    def update_function_configuration(self) -> TYPE_RESPONSE:
        parameters = self._parameters("UpdateFunctionConfiguration")
        function = self.backend.update_function_configuration(parameters["FunctionName"], parameters)
        return answer("UpdateFunctionConfiguration", describe(function))

    def delete_function(self) -> TYPE_RESPONSE:
        parameters = self._parameters("DeleteFunction")
        self.backend.delete_function(parameters["FunctionName"], parameters.get("Qualifier"))
        # The model's 200 is not what AWS sends.
        return answer("DeleteFunction", status=204)

    def list_functions(self) -> TYPE_RESPONSE:  # type: ignore[override]  # moto's gives text
        parameters = self._parameters("ListFunctions")
        all_versions = parameters.get("FunctionVersion") == "ALL"
        functions, next_marker = self.backend.functions_page(
            all_versions=all_versions, marker=parameters.get("Marker"), max_items=parameters.get("MaxItems")
        )
        shown = [_listed(function) if all_versions else in_list(describe(function)) for function in functions]
        return page_answer("ListFunctions", "Functions", shown, next_marker)

    def publish_version(self) -> TYPE_RESPONSE:
        parameters = self._parameters("PublishVersion")
        version = self.backend.publish_version(
            parameters["FunctionName"],
            parameters.get("Description"),
            code_sha_256=parameters.get("CodeSha256"),
            revision_id=parameters.get("RevisionId"),
        )
        return answer("PublishVersion", describe(version))

    def list_versions_by_function(self) -> TYPE_RESPONSE:  # type: ignore[override]  # moto's gives text
        parameters = self._parameters("ListVersionsByFunction")
        versions, next_marker = self.backend.versions_page(
            parameters["FunctionName"], marker=parameters.get("Marker"), max_items=parameters.get("MaxItems")
        )
        shown = [_listed(version) for version in versions]
        return page_answer("ListVersionsByFunction", "Versions", shown, next_marker)

    def get_account_settings(self) -> TYPE_RESPONSE:
        return answer("GetAccountSettings", self.backend.get_account_settings())

    def _check_size(self, operation: str) -> None:
        if len(self.body) > LARGEST_REQUEST:
            raise RequestEntityTooLarge(
                f"Request must be smaller than {LARGEST_REQUEST} bytes for the {operation} operation"
            )

    def _found(self, parameters: dict[str, Any], action: str) -> tuple[DeployedFunction, dict[str, Any]]:
        """The version that is meant and its configuration under the name that was asked for."""
        name, qualifier = parameters["FunctionName"], parameters.get("Qualifier")
        function = self.backend.get_function(name, qualifier)
        _, qualifier = resolve(name, qualifier, region=self.region, account_id=self.current_account, action=action)
        arn = self.backend.latest(function.function_name).function_arn
        configuration = describe(function, arn=f"{arn}:{qualifier}" if qualifier else arn)
        function.settle()
        return function, configuration

    def _code(self, function: DeployedFunction) -> dict[str, str]:
        if function.package_type == "Image":
            uri = function.code["ImageUri"]
            repository = uri.partition("@")[0].rpartition(":")[0] or uri
            resolved = f"{repository}@sha256:{function.code_sha_256}"
            return {"RepositoryType": "ECR", "ImageUri": uri, "ResolvedImageUri": resolved}
        asked = urlsplit(self.uri)
        endpoint = None if is_aws_api(asked.netloc) else f"{asked.scheme}://{asked.netloc}"
        return {"RepositoryType": "S3", "Location": download_url(function, endpoint=endpoint)}


def _listed(function: DeployedFunction) -> dict[str, Any]:
    arn = function.function_arn if function.number else f"{function.function_arn}:$LATEST"
    return in_list(describe(function, arn=arn))
