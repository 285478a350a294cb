"""AWS's validation messages, from the constraints of the service model."""

from __future__ import annotations

import contextlib
import json
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.builders import make_role, make_zip

from moto_lambda_urls import mock_lambda_urls
from moto_lambda_urls.control.exceptions import SerializationException, ValidationException
from moto_lambda_urls.control.validation import validate
from moto_lambda_urls.messages.service_model import operation_model, service_model

pytestmark = pytest.mark.in_process

URL = {"FunctionName": "fn", "AuthType": "NONE"}
FUNCTION = {"FunctionName": "fn", "Role": "arn:aws:iam::123456789012:role/r", "Code": {"ZipFile": "eA=="}}
OPTIONAL_TEXT = "Member must satisfy regular expression pattern: .*, Member must not be null"


def violations(operation: str, parameters: dict[str, Any]) -> list[str]:
    try:
        validate(operation, parameters)
    except ValidationException as refused:
        message = json.loads(refused.description)["message"]
        count, _, rest = message.partition(" detected: ")
        found = rest.split("; ")
        assert count == f"{len(found)} validation error{'s' if len(found) > 1 else ''}"
        return found
    return []


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("CreateFunctionUrlConfig", URL),
        ("CreateFunctionUrlConfig", {**URL, "Qualifier": "live", "InvokeMode": "BUFFERED", "Cors": {}}),
        ("ListFunctionUrlConfigs", {"FunctionName": "fn", "MaxItems": 10_000}),
        ("CreateFunction", {**FUNCTION, "Environment": {"Variables": {"KEY": "value"}}, "MemorySize": 128}),
        ("CreateFunction", {**FUNCTION, "Tags": {"clé 1": "valeur:+"}, "VpcConfig": {"SubnetIds": ["subnet-1"]}}),
        ("TagResource", {"Resource": "arn:aws:lambda:us-east-1:123456789012:function:fn", "Tags": {"a b": "ü"}}),
    ],
)
def test_what_the_model_allows(operation: str, parameters: dict[str, Any]) -> None:
    assert violations(operation, parameters) == []


@pytest.mark.parametrize(
    ("operation", "parameters", "expected"),
    [
        (
            "CreateFunctionUrlConfig",
            {},
            [
                "Value null at 'functionName' failed to satisfy constraint: Member must not be null",
                "Value null at 'authType' failed to satisfy constraint: Member must not be null",
            ],
        ),
        (
            "CreateFunctionUrlConfig",
            {**URL, "Cors": {"AllowOrigins": ["https://a.example", ""]}},
            [
                (
                    "Value '[https://a.example, ]' at 'cors.allowOrigins' failed to satisfy constraint: "
                    "Member must satisfy "
                    "constraint: [Member must have length less than or equal to 253, Member must have "
                    "length greater than "
                    f"or equal to 1, {OPTIONAL_TEXT}]"
                )
            ],
        ),
        (
            "CreateFunctionUrlConfig",
            {**URL, "Cors": {"AllowMethods": ["GET"] * 7}},
            [
                (
                    "Value '[GET, GET, GET, GET, GET, GET, GET]' at 'cors.allowMethods' failed to satisfy constraint: "
                    "Member must have length less than or equal to 6"
                )
            ],
        ),
        (
            "CreateFunctionUrlConfig",
            {**URL, "Cors": {"AllowMethods": ["GET", None]}},
            [
                (
                    "Value '[GET, null]' at 'cors.allowMethods' failed to satisfy constraint: Member must satisfy "
                    "constraint: [Member must have length less than or equal to 6, Member must have "
                    "length greater than "
                    f"or equal to 0, {OPTIONAL_TEXT}]"
                )
            ],
        ),
        (
            "ListFunctionUrlConfigs",
            {"FunctionName": "fn", "MaxItems": 0},
            [
                (
                    "Value '0' at 'maxItems' failed to satisfy constraint: "
                    "Member must have value greater than or equal to 1"
                )
            ],
        ),
        (
            "CreateFunction",
            {**FUNCTION, "Role": "r1"},
            [
                (
                    "Value 'r1' at 'role' failed to satisfy constraint: Member must satisfy regular "
                    "expression pattern: "
                    r"arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+"
                )
            ],
        ),
        (
            "CreateFunction",
            {**FUNCTION, "Architectures": ["x86_64", "arm64"]},
            [
                (
                    "Value '[x86_64, arm64]' at 'architectures' failed to satisfy constraint: "
                    "Member must have length less than or equal to 1"
                )
            ],
        ),
        (
            "CreateFunction",
            {**FUNCTION, "Architectures": ["X86_64"]},
            [
                (
                    "Value '[X86_64]' at 'architectures' failed to satisfy constraint: Member must satisfy constraint: "
                    "[Member must satisfy enum value set: [x86_64, arm64], Member must not be null]"
                )
            ],
        ),
        (
            "CreateFunction",
            {**FUNCTION, "FileSystemConfigs": [{"Arn": "x", "LocalMountPath": "/tmp/x"}]},
            [
                "Value 'x' at 'fileSystemConfigs.1.member.arn' failed to satisfy constraint: Member must satisfy "
                "regular expression pattern: " + service_model().shape_for("FileSystemArn").metadata["pattern"],
                (
                    "Value '/tmp/x' at 'fileSystemConfigs.1.member.localMountPath' failed to satisfy "
                    "constraint: Member "
                    r"must satisfy regular expression pattern: /mnt/[a-zA-Z0-9-_.]+"
                ),
            ],
        ),
        (
            "CreateFunction",
            {**FUNCTION, "Environment": {"Variables": {"1": "secret"}}},
            [
                (
                    "Value at 'environment.variables' failed to satisfy constraint: Map keys must satisfy constraint: "
                    "[Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+, Member must not be null]"
                )
            ],
        ),
        (
            "CreateAlias",
            {
                "FunctionName": "fn",
                "Name": "a",
                "FunctionVersion": "1",
                "RoutingConfig": {"AdditionalVersionWeights": {"2": 2}},
            },
            [
                (
                    "Value '{2=2.0}' at 'routingConfig.additionalVersionWeights' failed to satisfy "
                    "constraint: Map value "
                    "must satisfy constraint: [Member must have value less than or equal to 1.0, Member "
                    "must have value "
                    "greater than or equal to 0.0, Member must not be null]"
                )
            ],
        ),
        (
            "ListFunctions",
            {"FunctionVersion": "invalid"},
            [
                (
                    "Value 'invalid' at 'functionVersion' failed to satisfy constraint: "
                    "Member must satisfy enum value set: [ALL]"
                )
            ],
        ),
    ],
)
def test_messages(operation: str, parameters: dict[str, Any], expected: list[str]) -> None:
    assert violations(operation, parameters) == expected


def test_violations_come_in_the_models_order() -> None:
    sent = {"InvokeMode": "X", "Cors": {"MaxAge": 86401}, "AuthType": "Y", "Qualifier": "1", "FunctionName": "fn"}
    assert [each.split("'")[3] for each in violations("CreateFunctionUrlConfig", sent)] == [
        "qualifier",
        "authType",
        "cors.maxAge",
        "invokeMode",
    ]


@pytest.mark.parametrize("name", ["fn:1", "fn!", "a" * 65, "arn:aws:s3:::fn", "fn\n", "f\u0661"])
def test_function_names_that_the_pattern_refuses(name: str) -> None:
    shape = operation_model("GetFunctionUrlConfig").input_shape
    assert shape is not None
    pattern = shape.members["FunctionName"].metadata["pattern"]
    if re.fullmatch(pattern, name, re.ASCII):
        pytest.skip("this botocore's model allows it")
    assert violations("GetFunctionUrlConfig", {"FunctionName": name}) == [
        (
            f"Value '{name}' at 'functionName' failed to satisfy constraint: "
            f"Member must satisfy regular expression pattern: {pattern}"
        )
    ]


@pytest.mark.parametrize(
    "parameters",
    [
        {"FunctionName": 1},
        {"Cors": []},
        {"Cors": {"AllowMethods": "GET"}},
        {"Cors": {"AllowMethods": [1]}},
        {"Cors": {"MaxAge": "1"}},
        {"Cors": {"MaxAge": True}},
        {"Cors": {"AllowCredentials": "true"}},
    ],
)
def test_values_of_another_type(parameters: dict[str, Any]) -> None:
    with pytest.raises(SerializationException) as raised:
        validate("CreateFunctionUrlConfig", {**URL, **parameters})
    assert raised.value.code == 400


@pytest.mark.parametrize("operation", service_model().operation_names)
def test_every_operation_can_be_validated(operation: str) -> None:
    shape = operation_model(operation).input_shape
    if shape is None:
        validate(operation, {})
        return
    assert violations(operation, {}) == [
        f"Value null at '{name[0].lower()}{name[1:]}' failed to satisfy constraint: Member must not be null"
        for name in shape.members
        if name in shape.required_members
    ]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(value=JSON, member=st.sampled_from(["FunctionName", "Cors", "InvokeMode", "Qualifier"]))
def test_any_value_passes_or_is_refused(value: Any, member: str) -> None:
    with contextlib.suppress(ValidationException, SerializationException):
        validate("CreateFunctionUrlConfig", {**URL, member: value})


LENIENT: dict[str, dict[str, Any]] = {
    "Runtime": {"Runtime": "python3.6"},
    "no runtime": {"Runtime": "3.11"},
    "Timeout": {"Timeout": 1000},
    "MemorySize": {"MemorySize": 20_000},
    "PackageType": {"PackageType": "ZIP"},
    "Environment": {"Environment": {"Variables": {"AWS_REGION": "eu-west-1"}}},
    "VpcConfig": {"VpcConfig": {"SubnetIds": ["subnet-0"], "SecurityGroupIds": ["sg-0"]}},
    "CodeSigningConfigArn": {"CodeSigningConfigArn": "csc:arn"},
    "Tags": {"Tags": {str(number): "" for number in range(51)}},
}


@pytest.mark.in_process
@pytest.mark.parametrize("given_settings", LENIENT.values(), ids=LENIENT)
def test_what_plain_moto_takes_for_a_function(given_settings: dict[str, Any]) -> None:
    spec = {"FunctionName": "orders", "Runtime": "python3.13", "Handler": "a.b", "Code": {"ZipFile": b"dummy"}}
    with mock_lambda_urls(validate="moto", handlers={"orders": lambda event, context: "ok"}) as urls:
        client, role = urls.client("lambda", "us-east-1"), make_role(urls.client("iam", "us-east-1"))
        client.create_function(**{**spec, "Role": role, **given_settings})
        assert client.invoke(FunctionName="orders")["Payload"].read() == b'"ok"'
        assert client.get_function(FunctionName="orders")["Configuration"]["FunctionName"] == "orders"
    with mock_lambda_urls() as urls:
        client, role = urls.client("lambda", "us-east-1"), make_role(urls.client("iam", "us-east-1"))
        code = {"Code": {"ZipFile": make_zip({"a.py": "def b(event, context): ..."})}}
        with pytest.raises(client.exceptions.ClientError) as refused:
            client.create_function(**{**spec, **code, "Role": role, **given_settings})
        assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


@pytest.mark.in_process
@pytest.mark.parametrize(
    ("setting", "code"),
    [
        ({"Role": "role"}, "ValidationException"),
        ({"Architectures": ["amd"]}, "ValidationException"),
        ({"EphemeralStorage": {"Size": 3_000_000}}, "ValidationException"),
        ({"FunctionName": "a b"}, "ValidationException"),
        ({"Layers": ["arn:aws:lambda:us-east-1:123456789012:layer:none:1"]}, "InvalidParameterValueException"),
    ],
)
def test_what_plain_moto_refuses_too(setting: dict[str, Any], code: str) -> None:
    with mock_lambda_urls(validate="moto") as urls:
        client, role = urls.client("lambda", "us-east-1"), make_role(urls.client("iam", "us-east-1"))
        spec = {"FunctionName": "orders", "Runtime": "python3.13", "Handler": "a.b", "Code": {"ZipFile": b"dummy"}}
        with pytest.raises(client.exceptions.ClientError, match=rf"\({code}\)"):
            client.create_function(**{**spec, "Role": role, **setting})


@pytest.mark.in_process
def test_what_plain_moto_takes_for_a_package() -> None:
    with mock_lambda_urls(validate="moto", handlers={"orders": lambda event, context: "ok"}) as urls:
        client, role = urls.client("lambda", "us-east-1"), make_role(urls.client("iam", "us-east-1"))
        for name in ("orders", "other"):
            code = {"ZipFile": b"dummy"}
            client.create_function(FunctionName=name, Runtime="python3.13", Role=role, Handler="a.b", Code=code)
        assert client.invoke(FunctionName="orders")["Payload"].read() == b'"ok"'
        assert client.invoke(FunctionName="other")["FunctionError"] == "Unhandled"
        assert urls.invocations.last.error is not None
        assert urls.invocations.last.error.hint.startswith("The function has no deployment package that is a zip")
