"""API handlers for code signing, provisioned concurrency, scaling, recursion and runtime management."""

from __future__ import annotations

from typing import Any

from .wire import ApiResponse, operation, page_body


class ConfigurationResponses(ApiResponse):
    """The operations on configurations that functions have beside their own."""

    @operation
    def get_function_recursion_config(self, parameters: dict[str, Any]) -> dict[str, Any]:
        return self.backend.get_function_recursion_config(parameters["FunctionName"])

    @operation
    def put_function_recursion_config(self, parameters: dict[str, Any]) -> dict[str, Any]:
        return self.backend.put_function_recursion_config(parameters["FunctionName"], parameters["RecursiveLoop"])

    @operation
    def get_runtime_management_config(self, parameters: dict[str, Any]) -> dict[str, Any]:
        return self.backend.get_runtime_management_config(parameters["FunctionName"], parameters.get("Qualifier"))

    @operation
    def put_runtime_management_config(self, parameters: dict[str, Any]) -> dict[str, Any]:
        return self.backend.put_runtime_management_config(
            parameters["FunctionName"],
            parameters["UpdateRuntimeOn"],
            parameters.get("Qualifier"),
            runtime_version_arn=parameters.get("RuntimeVersionArn"),
        )

    @operation
    def get_function_scaling_config(self, parameters: dict[str, Any]) -> dict[str, Any]:
        return self.backend.get_function_scaling_config(parameters["FunctionName"], parameters["Qualifier"])

    @operation
    def put_function_scaling_config(self, parameters: dict[str, Any]) -> dict[str, Any]:
        return self.backend.put_function_scaling_config(
            parameters["FunctionName"], parameters["Qualifier"], parameters.get("FunctionScalingConfig") or {}
        )

    @operation
    def put_provisioned_concurrency_config(self, parameters: dict[str, Any]) -> dict[str, Any]:
        return self.backend.put_provisioned_concurrency_config(
            parameters["FunctionName"], parameters["Qualifier"], parameters["ProvisionedConcurrentExecutions"]
        )

    @operation
    def get_provisioned_concurrency_config(self, parameters: dict[str, Any]) -> dict[str, Any]:
        return self.backend.get_provisioned_concurrency_config(parameters["FunctionName"], parameters["Qualifier"])

    @operation
    def delete_provisioned_concurrency_config(self, parameters: dict[str, Any]) -> None:
        self.backend.delete_provisioned_concurrency_config(parameters["FunctionName"], parameters["Qualifier"])

    @operation
    def list_provisioned_concurrency_configs(self, parameters: dict[str, Any]) -> dict[str, Any]:
        configs, next_marker = self.backend.provisioned_concurrency_page(
            parameters["FunctionName"], marker=parameters.get("Marker"), max_items=parameters.get("MaxItems")
        )
        return page_body("ProvisionedConcurrencyConfigs", configs, next_marker)

    @operation
    def create_code_signing_config(self, parameters: dict[str, Any]) -> dict[str, Any]:
        return {"CodeSigningConfig": self.backend.create_code_signing_config(parameters).describe()}

    @operation
    def get_code_signing_config(self, parameters: dict[str, Any]) -> dict[str, Any]:
        config = self.backend.get_code_signing_config(parameters["CodeSigningConfigArn"])
        return {"CodeSigningConfig": config.describe()}

    @operation
    def update_code_signing_config(self, parameters: dict[str, Any]) -> dict[str, Any]:
        config = self.backend.update_code_signing_config(parameters["CodeSigningConfigArn"], parameters)
        return {"CodeSigningConfig": config.describe()}

    @operation
    def delete_code_signing_config(self, parameters: dict[str, Any]) -> dict[str, Any]:
        self.backend.delete_code_signing_config(parameters["CodeSigningConfigArn"])
        return {}

    @operation
    def list_code_signing_configs(self, parameters: dict[str, Any]) -> dict[str, Any]:
        configs, next_marker = self.backend.code_signing_configs_page(
            marker=parameters.get("Marker"), max_items=parameters.get("MaxItems")
        )
        return page_body("CodeSigningConfigs", [config.describe() for config in configs], next_marker)

    @operation
    def list_functions_by_code_signing_config(self, parameters: dict[str, Any]) -> dict[str, Any]:
        arns, next_marker = self.backend.functions_with_code_signing_page(
            parameters["CodeSigningConfigArn"], marker=parameters.get("Marker"), max_items=parameters.get("MaxItems")
        )
        return page_body("FunctionArns", arns, next_marker)

    @operation
    def put_function_code_signing_config(self, parameters: dict[str, Any]) -> dict[str, Any]:
        arn = parameters["CodeSigningConfigArn"]
        function = self.backend.put_function_code_signing_config(parameters["FunctionName"], arn)
        return {"CodeSigningConfigArn": arn, "FunctionName": function.function_name}

    @operation
    def get_function_code_signing_config(self, parameters: dict[str, Any]) -> dict[str, Any]:
        function = self.backend.get_function_code_signing_config(parameters["FunctionName"])
        arn = function.details.code_signing_config_arn
        return {"CodeSigningConfigArn": arn, "FunctionName": function.function_name} if arn else {}

    @operation
    def delete_function_code_signing_config(self, parameters: dict[str, Any]) -> None:
        self.backend.delete_function_code_signing_config(parameters["FunctionName"])
