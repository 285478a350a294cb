"""API handlers for functions, versions, aliases, reserved concurrency and tags."""

from __future__ import annotations

from typing import Any

from moto.awslambda.models import LambdaAlias

from .functions.configuration import in_list
from .functions.deployed import DeployedFunction
from .functions.downloads import download_url
from .functions.names import resolve
from .wire import ApiResponse, operation, page_body


class FunctionResponses(ApiResponse):
    """The operations on functions, on what belongs to them, and on the account."""

    @operation
    def create_function(self, parameters: dict[str, Any]) -> dict[str, Any]:
        function = self.backend.create_function(parameters)
        unqualified = function.function_arn if function.number == 0 else function.function_arn.rpartition(":")[0]
        return function.describe_change(arn=unqualified, with_update_status=False)

    @operation
    def get_function(self, parameters: dict[str, Any]) -> dict[str, Any]:
        function, configuration = self._found(parameters, "GetFunction")
        result = {"Configuration": configuration, "Code": self._code(function)}
        latest = self.backend.latest(function.function_name)
        if latest.tags:
            result["Tags"] = dict(latest.tags)
        reserved = self.backend.reserved_concurrency(function.function_name)
        if reserved is not None:
            result["Concurrency"] = {"ReservedConcurrentExecutions": reserved}
        return result

    @operation
    def get_function_configuration(self, parameters: dict[str, Any]) -> dict[str, Any]:
        return self._found(parameters, "GetFunctionConfiguration")[1]

    @operation
    def update_function_code(self, parameters: dict[str, Any]) -> dict[str, Any]:
        function = self.backend.update_function_code(parameters["FunctionName"], parameters)
        return function.describe() if parameters.get("DryRun") else function.describe_change()

    @operation
    def update_function_configuration(self, parameters: dict[str, Any]) -> dict[str, Any]:
        return self.backend.update_function_configuration(parameters["FunctionName"], parameters).describe_change()

    @operation
    def delete_function(self, parameters: dict[str, Any]) -> None:
        self.backend.delete_function(parameters["FunctionName"], parameters.get("Qualifier"))

    @operation
    def list_functions(self, parameters: dict[str, Any]) -> dict[str, Any]:
        all_versions = parameters.get("FunctionVersion") == "ALL"
        functions, next_marker = self.backend.functions_page(
            all_versions=all_versions, marker=parameters.get("Marker"), max_items=parameters.get("MaxItems")
        )
        shown = [_listed(function) if all_versions else in_list(function.describe()) for function in functions]
        return page_body("Functions", shown, next_marker)

    @operation
    def publish_version(self, parameters: dict[str, Any]) -> dict[str, Any]:
        version = self.backend.publish_version(
            parameters["FunctionName"],
            parameters.get("Description"),
            code_sha_256=parameters.get("CodeSha256"),
            revision_id=parameters.get("RevisionId"),
        )
        return version.describe()

    @operation
    def list_versions_by_function(self, parameters: dict[str, Any]) -> dict[str, Any]:
        versions, next_marker = self.backend.versions_page(
            parameters["FunctionName"], marker=parameters.get("Marker"), max_items=parameters.get("MaxItems")
        )
        return page_body("Versions", [_listed(version) for version in versions], next_marker)

    @operation
    def get_account_settings(self, parameters: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG002 - it has none
        return self.backend.get_account_settings()

    @operation
    def create_alias(self, parameters: dict[str, Any]) -> dict[str, Any]:
        return _alias(self.backend.create_alias(**_alias_arguments(parameters)))

    @operation
    def get_alias(self, parameters: dict[str, Any]) -> dict[str, Any]:
        return _alias(self.backend.get_alias(parameters["Name"], parameters["FunctionName"]))

    @operation
    def update_alias(self, parameters: dict[str, Any]) -> dict[str, Any]:
        alias = self.backend.update_alias(**_alias_arguments(parameters), revision_id=parameters.get("RevisionId"))
        return _alias(alias)

    @operation
    def delete_alias(self, parameters: dict[str, Any]) -> None:
        self.backend.delete_alias(parameters["Name"], parameters["FunctionName"])

    @operation
    def list_aliases(self, parameters: dict[str, Any]) -> dict[str, Any]:
        aliases, next_marker = self.backend.aliases_page(
            parameters["FunctionName"],
            function_version=parameters.get("FunctionVersion"),
            marker=parameters.get("Marker"),
            max_items=parameters.get("MaxItems"),
        )
        return page_body("Aliases", [_alias(alias) for alias in aliases], next_marker)

    @operation
    def put_function_concurrency(self, parameters: dict[str, Any]) -> dict[str, Any]:
        reserved = self.backend.put_function_concurrency(
            parameters["FunctionName"], parameters["ReservedConcurrentExecutions"]
        )
        return {"ReservedConcurrentExecutions": reserved}

    @operation
    def get_function_concurrency(self, parameters: dict[str, Any]) -> dict[str, Any]:
        reserved = self.backend.get_function_concurrency(parameters["FunctionName"])
        return {} if reserved is None else {"ReservedConcurrentExecutions": reserved}

    @operation
    def delete_function_concurrency(self, parameters: dict[str, Any]) -> None:
        self.backend.delete_function_concurrency(parameters["FunctionName"])

    @operation
    def list_tags(self, parameters: dict[str, Any]) -> dict[str, Any]:
        return {"Tags": self.backend.list_tags(parameters["Resource"])}

    @operation
    def tag_resource(self, parameters: dict[str, Any]) -> None:
        self.backend.tag_resource(parameters["Resource"], parameters["Tags"])

    @operation
    def untag_resource(self, parameters: dict[str, Any]) -> None:
        self.backend.untag_resource(parameters["Resource"], parameters["TagKeys"])

    def _found(self, parameters: dict[str, Any], action: str) -> tuple[DeployedFunction, dict[str, Any]]:
        """The version that is meant and its configuration under the name that was asked for."""
        name, qualifier = parameters["FunctionName"], parameters.get("Qualifier")
        function = self.backend.get_function(name, qualifier)
        _, qualifier = resolve(name, qualifier, region=self.region, account_id=self.current_account, action=action)
        arn = self.backend.latest(function.function_name).function_arn
        configuration = function.describe(arn=f"{arn}:{qualifier}" if qualifier else arn)
        function.settle()
        return function, configuration

    def _code(self, function: DeployedFunction) -> dict[str, str]:
        if function.package_type == "Image":
            uri = function.code["ImageUri"]
            repository = uri.partition("@")[0].rpartition(":")[0] or uri
            resolved = f"{repository}@sha256:{function.code_sha_256}"
            return {"RepositoryType": "ECR", "ImageUri": uri, "ResolvedImageUri": resolved}
        return {"RepositoryType": "S3", "Location": download_url(function, endpoint=self.endpoint)}


def _listed(function: DeployedFunction) -> dict[str, Any]:
    arn = function.function_arn if function.number else f"{function.function_arn}:$LATEST"
    return in_list(function.describe(arn=arn))


def _alias_arguments(parameters: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": parameters["Name"],
        "function_name": parameters["FunctionName"],
        "function_version": parameters.get("FunctionVersion"),
        "description": parameters.get("Description"),
        "routing_config": parameters.get("RoutingConfig"),
    }


def _alias(alias: LambdaAlias) -> dict[str, Any]:
    shown = {
        "AliasArn": alias.arn,
        "Name": alias.name,
        "FunctionVersion": alias.function_version,
        "Description": alias.description or "",
        "RevisionId": alias.revision_id,
    }
    return {**shown, "RoutingConfig": alias.routing_config} if alias.routing_config else shown
