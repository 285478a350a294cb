"""Versions and aliases in templates, and the configurations that belong to them and to functions."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError
from support.function_api import ACCOUNT
from support.stacks import lambda_function, resource

ARN = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:orders"
RUNTIME = f"arn:aws:lambda:us-east-1::runtime:{'a' * 64}"
NAME = {"Ref": "Orders"}


def version(**properties: Any) -> dict[str, Any]:
    return resource("Version", FunctionName=NAME, **properties)


def alias(of: str = "Version", **properties: Any) -> dict[str, Any]:
    number = {"Fn::GetAtt": [of, "Version"]}
    return resource("Alias", FunctionName=NAME, FunctionVersion=number, Name="live", **properties)


def provisioned(count: int | str) -> dict[str, Any]:
    return {"ProvisionedConcurrencyConfig": {"ProvisionedConcurrentExecutions": count}}


def configured(client: Any) -> dict[str, tuple[int, str]]:
    """What is requested, and its status, by qualifier."""
    found = client.list_provisioned_concurrency_configs(FunctionName="orders")["ProvisionedConcurrencyConfigs"]
    return {
        each["FunctionArn"].rpartition(":")[2]: (each["RequestedProvisionedConcurrentExecutions"], each["Status"])
        for each in found
    }


def test_provisioned_concurrency_of_a_version(mock: Any, stack: Any) -> None:
    client = mock.client("lambda")
    orders = lambda_function()
    stack({"Orders": orders, "Version": version(**provisioned("5"))})
    assert configured(client) == {"1": (5, "READY")}
    stack({"Orders": orders, "Version": version(**provisioned(7))})  # with nothing new to publish
    assert configured(client) == {"1": (7, "READY")}
    stack({"Orders": lambda_function(Timeout=9), "Version": version(**provisioned(8))})
    assert configured(client) == {"2": (8, "READY")}
    stack({"Orders": lambda_function(Timeout=9), "Version": version()})
    assert configured(client) == {}
    assert client.get_function(FunctionName="orders", Qualifier="2")["Configuration"]["Version"] == "2"


def test_provisioned_concurrency_of_an_alias(mock: Any, stack: Any) -> None:
    client = mock.client("lambda")
    resources = {"Orders": lambda_function(), "Version": version(), "Alias": alias(**provisioned(3))}
    stack(resources)
    assert configured(client) == {"live": (3, "READY")}
    new = {"Orders": lambda_function(Timeout=9), "Second": version(), "Alias": alias("Second", **provisioned(4))}
    stack(new)
    assert configured(client) == {"live": (4, "READY")}
    assert client.get_alias(FunctionName="orders", Name="live")["FunctionVersion"] == "2"
    stack({**new, "Alias": alias("Second")})
    assert configured(client) == {}


def test_from_a_version_to_an_alias(mock: Any, stack: Any) -> None:
    client = mock.client("lambda")
    orders = lambda_function()
    stack({"Orders": orders, "Version": version(**provisioned(5))})
    stack({"Orders": orders, "Version": version(), "Alias": alias(**provisioned(6))})
    assert configured(client) == {"live": (6, "READY")}
    changed = lambda_function(Timeout=9)
    stack({"Orders": changed, "Version": version(**provisioned(1))})
    assert configured(client) == {"2": (1, "READY")}


def test_provisioned_concurrency_that_lambda_refuses(mock: Any, stack: Any) -> None:
    stack({"Orders": lambda_function(ReservedConcurrentExecutions=2)})
    resources = {"Orders": lambda_function(ReservedConcurrentExecutions=2), "Version": version(**provisioned(3))}
    with pytest.raises(ClientError, match="should not be greater than the reservedConcurrentExecution for function"):
        stack(resources)
    versions = mock.client("lambda").list_versions_by_function(FunctionName="orders")["Versions"]
    assert [each["Version"] for each in versions] == ["$LATEST"]


def test_recursion_and_runtime_management(mock: Any, stack: Any) -> None:
    client = mock.client("lambda")

    def read(**target: str) -> tuple[str, str | None]:
        config = client.get_runtime_management_config(FunctionName="orders", **target)
        return config["UpdateRuntimeOn"], config.get("RuntimeVersionArn")

    manual = {"UpdateRuntimeOn": "Manual", "RuntimeVersionArn": RUNTIME}
    orders = lambda_function(RecursiveLoop="Allow", RuntimeManagementConfig={"UpdateRuntimeOn": "FunctionUpdate"})
    stack({"Orders": orders, "Version": version(RuntimePolicy=manual)})
    assert client.get_function_recursion_config(FunctionName="orders")["RecursiveLoop"] == "Allow"
    assert read() == ("FunctionUpdate", None)
    assert read(Qualifier="1") == ("Manual", RUNTIME)
    stack({"Orders": lambda_function(), "Version": version(RuntimePolicy=manual)})
    assert client.get_function_recursion_config(FunctionName="orders")["RecursiveLoop"] == "Terminate"
    assert read() == ("Auto", None)


@pytest.mark.parametrize(
    ("properties", "message"),
    [
        ({"RecursiveLoop": "Never"}, "Value 'Never' at 'recursiveLoop' failed to satisfy constraint"),
        (
            {"RuntimeManagementConfig": {"UpdateRuntimeOn": "Never"}},
            "Value 'Never' at 'updateRuntimeOn' failed to satisfy constraint",
        ),
        (
            {"RuntimeManagementConfig": {"UpdateRuntimeOn": "Manual"}},
            "RuntimeVersionArn is required for Manual updates, and only for them.",
        ),
    ],
)
def test_configurations_that_lambda_refuses(mock: Any, stack: Any, properties: Any, message: str) -> None:
    with pytest.raises(ClientError, match=message):
        stack({"Orders": lambda_function(**properties)})
    assert mock.client("lambda").list_functions()["Functions"] == []


def test_scaling(mock: Any, stack: Any) -> None:
    client = mock.client("lambda")
    limits = {"MinExecutionEnvironments": "1", "MaxExecutionEnvironments": 2}
    stack({"Orders": lambda_function(), "Version": version(FunctionScalingConfig=limits)})
    shown = client.get_function_scaling_config(FunctionName="orders", Qualifier="1")["AppliedFunctionScalingConfig"]
    assert shown == {"MinExecutionEnvironments": 1, "MaxExecutionEnvironments": 2}


def test_a_version_of_other_code(mock: Any, stack: Any) -> None:
    with pytest.raises(ClientError, match="is different from current CodeSHA256 in"):
        stack({"Orders": lambda_function(), "Version": version(CodeSha256="A" * 43 + "=")})


def test_an_alias_follows_a_version_that_is_replaced(mock: Any, stack: Any) -> None:
    client = mock.client("lambda")
    stack({"Orders": lambda_function(), "Version": version(Description="old"), "Alias": alias(**provisioned(2))})
    new = {
        "Orders": lambda_function(Timeout=9),
        "Version": version(Description="new"),
        "Alias": alias(**provisioned(2)),
    }
    stack(new)  # which leaves the alias's own part of the template as it was
    assert client.get_alias(FunctionName="orders", Name="live")["FunctionVersion"] == "2"
    versions = client.list_versions_by_function(FunctionName="orders")["Versions"]
    assert [each["Version"] for each in versions] == ["$LATEST", "2"]
    assert configured(client) == {"live": (2, "READY")}


def test_the_version_goes_before_its_alias(mock: Any, stack: Any) -> None:
    client = mock.client("lambda")
    stack({"Orders": lambda_function(), "First": version(), "Alias": alias("First")})
    stack({"Orders": lambda_function(Timeout=9), "Second": version(), "Alias": alias("Second")})
    versions = client.list_versions_by_function(FunctionName="orders")["Versions"]
    assert [each["Version"] for each in versions] == ["$LATEST", "2"]
    assert client.get_alias(FunctionName="orders", Name="live")["FunctionVersion"] == "2"
    stack({"Orders": lambda_function(Timeout=9)})
    versions = client.list_versions_by_function(FunctionName="orders")["Versions"]
    assert [each["Version"] for each in versions] == ["$LATEST"]
    mock.client("cloudformation").delete_stack(StackName="shop")
    assert client.list_functions()["Functions"] == []
