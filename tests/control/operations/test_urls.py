"""The five operations on function URLs, through boto3."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timezone
from typing import Any
from urllib.parse import quote

import boto3
import pytest
import requests
from botocore.exceptions import ClientError
from moto.moto_api._internal import mock_random
from support.builders import answer, make_role, make_zip, raw_client
from support.function_api import UUID

from moto_lambda_urls import LambdaUrls
from moto_lambda_urls.control.exceptions import ResourceConflictException, ResourceNotFoundException
from moto_lambda_urls.control.models import backend_of
from moto_lambda_urls.control.regions import WITHOUT_URLS
from moto_lambda_urls.control.url_index import url_index

ACCOUNT = "123456789012"
ARN = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:fn"
MISSING = ("ResourceNotFoundException", "Function does not exist", 404)
NOT_THERE = ("ResourceNotFoundException", "The resource you requested does not exist.", 404)
AUTHORIZATION = "AWS4-HMAC-SHA256 Credential=a/20261121/us-east-1/lambda/aws4_request, SignedHeaders=host, Signature=0"
CORS = {
    "AllowCredentials": False,
    "AllowHeaders": [],
    "AllowMethods": ["GET", "*"],
    "AllowOrigins": ["https://a.example"],
    "ExposeHeaders": ["x-one"],
    "MaxAge": 0,
}


def fields(response: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in response.items() if key != "ResponseMetadata"}


def status(response: dict[str, Any]) -> int:
    return response["ResponseMetadata"]["HTTPStatusCode"]


def api_of(client: Any) -> str:
    return f"{client.meta.endpoint_url}/2021-10-31/functions"


def host(config: dict[str, Any]) -> str:
    return config["FunctionUrl"].removeprefix("https://").removesuffix("/")


@pytest.mark.in_process
def test_create_with_the_required_fields_only(aws_lambda: Any, fn: str) -> None:
    created = aws_lambda.create_function_url_config(FunctionName=fn, AuthType="NONE")
    assert status(created) == 201
    assert re.fullmatch(r"https://[a-z2-7]{26}0[a-z2-7]{5}\.lambda-url\.us-east-1\.on\.aws/", created["FunctionUrl"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", created["CreationTime"])
    assert fields(created) == {
        "FunctionUrl": created["FunctionUrl"],
        "FunctionArn": ARN,
        "AuthType": "NONE",
        "CreationTime": created["CreationTime"],
    }


def test_create_echoes_cors_and_invoke_mode_as_sent(aws_lambda: Any, fn: str) -> None:
    created = aws_lambda.create_function_url_config(
        FunctionName=fn, AuthType="AWS_IAM", Cors=CORS, InvokeMode="RESPONSE_STREAM"
    )
    assert (created["Cors"], created["InvokeMode"], created["AuthType"]) == (CORS, "RESPONSE_STREAM", "AWS_IAM")
    assert aws_lambda.get_function_url_config(FunctionName=fn)["Cors"] == CORS


def test_get_always_has_invoke_mode_and_last_modified(aws_lambda: Any, fn: str) -> None:
    created = aws_lambda.create_function_url_config(FunctionName=fn, AuthType="NONE")
    read = aws_lambda.get_function_url_config(FunctionName=fn)
    assert status(read) == 200
    assert fields(read) == {
        **fields(created),
        "InvokeMode": "BUFFERED",
        "LastModifiedTime": created["CreationTime"],
    }
    listed = aws_lambda.list_function_url_configs(FunctionName=fn)
    assert status(listed) == 200
    assert fields(listed) == {"FunctionUrlConfigs": [fields(read)]}


def test_update_echoes_the_stored_invoke_mode(aws_lambda: Any, fn: str) -> None:
    created = aws_lambda.create_function_url_config(FunctionName=fn, AuthType="NONE")
    unchanged = aws_lambda.update_function_url_config(FunctionName=fn)
    assert status(unchanged) == 200
    assert unchanged["LastModifiedTime"] > created["CreationTime"]
    assert fields(unchanged) == {**fields(created), "LastModifiedTime": unchanged["LastModifiedTime"]}
    aws_lambda.update_function_url_config(FunctionName=fn, InvokeMode="RESPONSE_STREAM")
    kept = aws_lambda.update_function_url_config(FunctionName=fn, AuthType="AWS_IAM")
    assert (kept["InvokeMode"], kept["AuthType"], kept["FunctionUrl"]) == (
        "RESPONSE_STREAM",
        "AWS_IAM",
        created["FunctionUrl"],
    )


def test_update_replaces_cors_whole_and_clears_it_when_empty(aws_lambda: Any, fn: str) -> None:
    aws_lambda.create_function_url_config(FunctionName=fn, AuthType="NONE", Cors=CORS)
    assert aws_lambda.update_function_url_config(FunctionName=fn, AuthType="NONE")["Cors"] == CORS
    assert aws_lambda.update_function_url_config(FunctionName=fn, Cors={"MaxAge": 5})["Cors"] == {"MaxAge": 5}
    assert "Cors" not in aws_lambda.update_function_url_config(FunctionName=fn, Cors={})
    assert "Cors" not in aws_lambda.get_function_url_config(FunctionName=fn)


def test_delete_then_create_gives_a_new_id(aws_lambda: Any, fn: str) -> None:
    first = aws_lambda.create_function_url_config(FunctionName=fn, AuthType="NONE")
    assert status(aws_lambda.delete_function_url_config(FunctionName=fn)) == 204
    assert url_index.find_url(host(first)) is None
    assert answer(aws_lambda.get_function_url_config, FunctionName=fn) == NOT_THERE
    second = aws_lambda.create_function_url_config(FunctionName=fn, AuthType="NONE")
    assert second["FunctionUrl"] != first["FunctionUrl"]


@pytest.mark.in_process
def test_ids_follow_motos_seed(aws_lambda: Any, fn: str) -> None:
    urls = []
    for _ in range(2):
        mock_random.seed(42)
        urls.append(aws_lambda.create_function_url_config(FunctionName=fn, AuthType="NONE")["FunctionUrl"])
        aws_lambda.delete_function_url_config(FunctionName=fn)
    assert urls[0] == urls[1]


@pytest.mark.parametrize(
    "name", ["fn:live", f"{ARN}:live", f"{ACCOUNT}:function:fn:live", f"{ACCOUNT}:fn:live", "function:fn:live"]
)
@pytest.mark.parametrize("qualifier", [{}, {"Qualifier": "live"}])
def test_names_that_carry_the_alias(aws_lambda: Any, fn: str, name: str, qualifier: dict[str, str]) -> None:
    created = aws_lambda.create_function_url_config(FunctionName=name, AuthType="NONE", **qualifier)
    assert created["FunctionArn"] == f"{ARN}:live"
    assert aws_lambda.get_function_url_config(FunctionName=fn, Qualifier="live")["FunctionArn"] == f"{ARN}:live"
    aws_lambda.update_function_url_config(FunctionName=name, **qualifier)
    aws_lambda.delete_function_url_config(FunctionName=name, **qualifier)
    assert aws_lambda.list_function_url_configs(FunctionName=name)["FunctionUrlConfigs"] == []


@pytest.mark.parametrize(
    "name", ["fn", ARN, f"{ACCOUNT}:function:fn", f"{ACCOUNT}:fn", f"us-east-1:{ACCOUNT}:function:fn"]
)
def test_names_without_a_qualifier(aws_lambda: Any, fn: str, name: str) -> None:
    assert aws_lambda.create_function_url_config(FunctionName=name, AuthType="NONE")["FunctionArn"] == ARN
    assert aws_lambda.get_function_url_config(FunctionName=fn)["FunctionArn"] == ARN


@pytest.mark.parametrize("quoted", [ARN, quote(ARN, safe=""), quote(ARN, safe=":"), "fn", "fn%3Alive"])
def test_the_path_may_be_encoded_or_not(aws_lambda: Any, fn: str, quoted: str) -> None:
    aws_lambda.create_function_url_config(FunctionName=fn, AuthType="NONE")
    aws_lambda.create_function_url_config(FunctionName=fn, AuthType="NONE", Qualifier="live")
    read = requests.get(f"{api_of(aws_lambda)}/{quoted}/url", headers={"Authorization": AUTHORIZATION})
    assert read.status_code == 200
    assert read.json()["FunctionArn"] == (f"{ARN}:live" if "live" in quoted else ARN)


def test_a_url_for_the_function_and_one_for_each_alias(aws_lambda: Any, fn: str) -> None:
    own = aws_lambda.create_function_url_config(FunctionName=fn, AuthType="NONE")
    alias = aws_lambda.create_function_url_config(FunctionName=fn, AuthType="AWS_IAM", Qualifier="live")
    assert (own["FunctionArn"], alias["FunctionArn"]) == (ARN, f"{ARN}:live")
    aws_lambda.delete_function_url_config(FunctionName=fn)
    left = aws_lambda.list_function_url_configs(FunctionName=fn)["FunctionUrlConfigs"]
    assert [each["FunctionUrl"] for each in left] == [alias["FunctionUrl"]]


def test_listing_in_pages(aws_lambda: Any, fn: str) -> None:
    assert fields(aws_lambda.list_function_url_configs(FunctionName=fn)) == {"FunctionUrlConfigs": []}
    aliases = [f"a{number:02}" for number in range(51)]
    for alias in aliases:
        aws_lambda.create_alias(FunctionName=fn, Name=alias, FunctionVersion="1")
        aws_lambda.create_function_url_config(FunctionName=fn, AuthType="NONE", Qualifier=alias)
    first = raw_client().list_function_url_configs(FunctionName=fn, MaxItems=51)
    assert len(first["FunctionUrlConfigs"]) == 50
    last = aws_lambda.list_function_url_configs(FunctionName=fn, MaxItems=1, Marker=first["NextMarker"])
    assert "NextMarker" not in last
    pages = aws_lambda.get_paginator("list_function_url_configs").paginate(
        FunctionName=fn, PaginationConfig={"PageSize": 20}
    )
    seen = [config["FunctionArn"] for page in pages for config in page["FunctionUrlConfigs"]]
    assert seen == [f"{ARN}:{alias}" for alias in aliases]
    assert last["FunctionUrlConfigs"][0]["FunctionArn"] == seen[-1]


def test_deleting_an_alias_deletes_its_url_and_policy(aws_lambda: Any, fn: str) -> None:
    config = aws_lambda.create_function_url_config(FunctionName=fn, AuthType="NONE", Qualifier="live")
    grant = {"StatementId": "s", "Action": "lambda:InvokeFunctionUrl", "Principal": "*"}
    aws_lambda.add_permission(FunctionName=fn, Qualifier="live", **grant)
    aws_lambda.delete_alias(FunctionName=fn, Name="live")
    assert url_index.find_url(host(config)) is None
    assert answer(aws_lambda.get_function_url_config, FunctionName=fn, Qualifier="live") == NOT_THERE
    aws_lambda.create_alias(FunctionName=fn, Name="live", FunctionVersion="1")
    assert answer(aws_lambda.get_function_url_config, FunctionName=fn, Qualifier="live") == NOT_THERE
    assert answer(aws_lambda.get_policy, FunctionName=fn, Qualifier="live") == NOT_THERE


@pytest.mark.in_process
def test_deleting_the_function_deletes_its_urls_and_policies(
    aws_lambda: Any, fn: str, create_function: Callable[..., str]
) -> None:
    grant = {"StatementId": "s", "Action": "lambda:InvokeFunctionUrl", "Principal": "*"}
    configs = []
    for qualifier in ({}, {"Qualifier": "live"}):
        configs.append(aws_lambda.create_function_url_config(FunctionName=fn, AuthType="NONE", **qualifier))
        aws_lambda.add_permission(FunctionName=fn, **qualifier, **grant)
    create_function("other")
    other = aws_lambda.create_function_url_config(FunctionName="other", AuthType="NONE")
    aws_lambda.delete_function(FunctionName=fn)
    assert [url_index.find_url(host(config)) for config in configs] == [None, None]
    assert url_index.find_url(host(other)) is not None
    create_function("fn")
    assert aws_lambda.list_function_url_configs(FunctionName=fn)["FunctionUrlConfigs"] == []
    assert answer(aws_lambda.get_policy, FunctionName=fn) == NOT_THERE


def test_permissions_stay_when_a_url_goes(aws_lambda: Any, fn: str) -> None:
    aws_lambda.create_function_url_config(FunctionName=fn, AuthType="NONE")
    aws_lambda.add_permission(FunctionName=fn, StatementId="s", Action="lambda:InvokeFunctionUrl", Principal="*")
    aws_lambda.delete_function_url_config(FunctionName=fn)
    assert json.loads(aws_lambda.get_policy(FunctionName=fn)["Policy"])["Statement"][0]["Sid"] == "s"


OPERATIONS = ["create", "get", "update", "delete"]


def operation(client: Any, name: str) -> Callable[..., Any]:
    call = getattr(client, f"{name}_function_url_config")
    return (lambda **parameters: call(AuthType="NONE", **parameters)) if name == "create" else call


@pytest.mark.parametrize("name", OPERATIONS)
@pytest.mark.parametrize("qualifier", ["1", "$LATEST"])
def test_a_version_has_no_url(aws_lambda: Any, name: str, qualifier: str) -> None:
    assert answer(operation(aws_lambda, name), FunctionName="not-there", Qualifier=qualifier) == (
        "ValidationException",
        (
            f"1 validation error detected: Value '{qualifier}' at 'qualifier' failed to satisfy constraint: "
            r"Member must satisfy regular expression pattern: ((?!^\d+$)^[0-9a-zA-Z-_]+$)"
        ),
        400,
    )


@pytest.mark.parametrize("name", ["create", "update"])
@pytest.mark.parametrize(
    ("parameters", "violation"),
    [
        (
            {"InvokeMode": "UNKNOWN"},
            (
                "Value 'UNKNOWN' at 'invokeMode' failed to satisfy constraint: "
                "Member must satisfy enum value set: [RESPONSE_STREAM, BUFFERED]"
            ),
        ),
        (
            {"Cors": {"AllowMethods": ["GET", "POST", "OPTIONS"]}},
            (
                "Value '[GET, POST, OPTIONS]' at 'cors.allowMethods' failed to satisfy constraint: Member must satisfy "
                "constraint: [Member must have length less than or equal to 6, Member must have length greater than or "
                "equal to 0, Member must satisfy regular expression pattern: .*, Member must not be null]"
            ),
        ),
        (
            {"Cors": {"MaxAge": 86401}},
            (
                "Value '86401' at 'cors.maxAge' failed to satisfy constraint: "
                "Member must have value less than or equal to 86400"
            ),
        ),
        (
            {"Cors": {"MaxAge": -1}},
            (
                "Value '-1' at 'cors.maxAge' failed to satisfy constraint: "
                "Member must have value greater than or equal to 0"
            ),
        ),
    ],
)
def test_bad_values(
    aws_lambda: Any,
    fn: str,
    name: str,
    parameters: dict[str, Any],
    violation: str,
) -> None:
    assert answer(operation(raw_client(), name), FunctionName=fn, **parameters) == (
        "ValidationException",
        f"1 validation error detected: {violation}",
        400,
    )


def test_bad_auth_type_with_other_violations_is_one_error(aws_lambda: Any) -> None:
    assert answer(
        aws_lambda.create_function_url_config, FunctionName="not-there", AuthType="BASIC", InvokeMode="X"
    ) == (
        "ValidationException",
        (
            "2 validation errors detected: Value 'BASIC' at 'authType' failed to satisfy constraint: "
            "Member must satisfy "
            "enum value set: [NONE, AWS_IAM]; Value 'X' at 'invokeMode' failed to satisfy constraint: Member must "
            "satisfy enum value set: [RESPONSE_STREAM, BUFFERED]"
        ),
        400,
    )


@pytest.mark.parametrize(
    "cors",
    [
        {"AllowMethods": ["FOO"]},
        {"AllowMethods": ["get"]},
        {"AllowOrigins": ["*"], "AllowCredentials": True},
        {"AllowMethods": ["GET"] * 6, "AllowOrigins": ["o" * 253] * 100, "MaxAge": 86400},
        {"AllowHeaders": ["h" * 1024] * 100, "ExposeHeaders": ["h" * 1024] * 100},
    ],
)
def test_cors_that_the_api_accepts(aws_lambda: Any, fn: str, cors: dict[str, Any]) -> None:
    assert aws_lambda.create_function_url_config(FunctionName=fn, AuthType="NONE", Cors=cors)["Cors"] == cors


@pytest.mark.parametrize("name", OPERATIONS)
@pytest.mark.parametrize("function", ["fn:live", f"{ARN}:live", "not-there:live"])
def test_two_qualifiers_that_differ(aws_lambda: Any, fn: str, name: str, function: str) -> None:
    assert answer(operation(aws_lambda, name), FunctionName=function, Qualifier="other") == (
        "InvalidParameterValueException",
        "The derived qualifier from the function name does not match the specified qualifier.",
        400,
    )


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_arn_of_another_region(aws_lambda: Any, fn: str, name: str) -> None:
    arn = ARN.replace("us-east-1", "eu-west-1")
    refusal = ("Functions from 'eu-west-1' are not reachable in this region ('us-east-1')", 404)
    assert answer(operation(aws_lambda, name), FunctionName=arn) == ("ResourceNotFoundException", *refusal)
    assert answer(aws_lambda.list_function_url_configs, FunctionName=arn) == ("ResourceNotFoundException", *refusal)


@pytest.mark.parametrize("form", [ARN, f"{ACCOUNT}:function:fn", f"{ACCOUNT}:fn", f"{ARN}:live"])
@pytest.mark.parametrize(
    ("name", "action"),
    [
        ("get_function_url_config", "GetFunctionUrlConfig"),
        ("delete_function_url_config", "DeleteFunctionUrlConfig"),
        ("list_function_url_configs", "ListFunctionUrlConfigs"),
        ("get_function", "GetFunction"),
        ("get_policy", "GetPolicy"),
        ("invoke", "InvokeFunction"),
    ],
)
def test_an_arn_of_another_account(aws_lambda: Any, fn: str, name: str, action: str, form: str) -> None:
    """AWS's words, as users report them; they name the unqualified ARN."""
    other = ARN.replace(ACCOUNT, "210987654321")
    assert answer(getattr(aws_lambda, name), FunctionName=form.replace(ACCOUNT, "210987654321")) == (
        "AccessDeniedException",
        (
            f"User: arn:aws:iam::{ACCOUNT}:root is not authorized to perform: lambda:{action} on resource: "
            f"{other} because no resource-based policy allows the lambda:{action} action"
        ),
        403,
    )


@pytest.mark.parametrize("parameters", [{"FunctionName": "not-there"}, {"FunctionName": "fn", "Qualifier": "beta"}])
@pytest.mark.parametrize(
    ("name", "refusal"), [("create", MISSING), ("update", MISSING), ("get", NOT_THERE), ("delete", NOT_THERE)]
)
def test_a_function_or_alias_that_is_missing(
    aws_lambda: Any,
    fn: str,
    name: str,
    refusal: Any,
    parameters: dict[str, str],
) -> None:
    assert answer(operation(aws_lambda, name), **parameters) == refusal


@pytest.mark.parametrize("name", ["not-there", "fn:beta"])
def test_listing_what_is_missing(aws_lambda: Any, fn: str, name: str) -> None:
    assert answer(aws_lambda.list_function_url_configs, FunctionName=name) == MISSING


@pytest.mark.parametrize("name", ["get", "update", "delete"])
def test_a_function_without_a_url(aws_lambda: Any, fn: str, name: str) -> None:
    assert answer(operation(aws_lambda, name), FunctionName=fn) == NOT_THERE


@pytest.mark.parametrize(("qualifier", "arn"), [({}, ARN), ({"Qualifier": "live"}, f"{ARN}:live")])
def test_a_url_that_exists_already(aws_lambda: Any, fn: str, qualifier: dict[str, str], arn: str) -> None:
    created = aws_lambda.create_function_url_config(FunctionName=fn, AuthType="NONE", **qualifier)
    assert answer(aws_lambda.create_function_url_config, FunctionName=fn, AuthType="AWS_IAM", **qualifier) == (
        "ResourceConflictException",
        (
            f"Failed to create function url config for [functionArn = {arn}]. Error message:  "
            "FunctionUrlConfig exists for this Lambda function"
        ),
        409,
    )
    read = aws_lambda.get_function_url_config(FunctionName=fn, **qualifier)
    assert (read["FunctionUrl"], read["AuthType"]) == (created["FunctionUrl"], "NONE")


@pytest.mark.parametrize(
    ("call", "member"),
    [
        (lambda client: client.get_function_url_config(FunctionName="not-there"), "Message"),
        (
            lambda client: client.create_function_url_config(FunctionName="fn:a", AuthType="NONE", Qualifier="b"),
            "message",
        ),
    ],
)
def test_the_body_of_a_modelled_error(aws_lambda: Any, call: Callable[[Any], Any], member: str) -> None:
    bodies = []
    aws_lambda.meta.events.register(
        "after-call", lambda http_response, **_: bodies.append(json.loads(http_response.content))
    )
    with pytest.raises(aws_lambda.exceptions.ClientError) as raised:
        call(aws_lambda)
    assert bodies == [{"Type": "User", member: raised.value.response["Error"]["Message"]}]


def test_the_body_of_a_validation_error_has_no_type(aws_lambda: Any) -> None:
    bodies = []
    aws_lambda.meta.events.register(
        "after-call", lambda http_response, **_: bodies.append(json.loads(http_response.content))
    )
    _, message, _ = answer(aws_lambda.get_function_url_config, FunctionName="fn", Qualifier="1")
    assert bodies == [{"message": message}]


@pytest.mark.parametrize("body", ["{", "[]", '"x"', '{"AuthType": 1}', '{"AuthType": "NONE", "Cors": []}'])
def test_a_body_that_is_not_what_the_model_says(aws_lambda: Any, body: str) -> None:
    headers = {"Content-Type": "application/json", "Authorization": AUTHORIZATION}
    refused = requests.post(f"{api_of(aws_lambda)}/fn/url", data=body, headers=headers)
    assert (refused.status_code, refused.headers["x-amzn-errortype"]) == (400, "SerializationException")


# What the data plane asks.


@pytest.mark.in_process
def test_find_url(aws_lambda: Any, fn: str) -> None:
    created = aws_lambda.create_function_url_config(FunctionName=fn, AuthType="NONE", Qualifier="live")
    name = host(created)
    config = url_index.find_url(name)
    assert config is not None
    assert (config.url, config.host, config.function_arn) == (created["FunctionUrl"], name, f"{ARN}:live")
    assert (config.account_id, config.region, config.function_name, config.qualifier) == (
        ACCOUNT,
        "us-east-1",
        "fn",
        "live",
    )
    assert url_index.find_url(name.upper()) is config
    assert url_index.find_url_by_id(config.url_id) is config
    assert url_index.find_url(name.replace("us-east-1", "eu-west-1")) is None
    assert url_index.find_url(config.url_id) is None
    assert url_index.urls() == [config.url]
    aws_lambda.update_function_url_config(FunctionName=fn, Qualifier="live", AuthType="AWS_IAM")
    updated = url_index.find_url(name)
    assert updated is not None
    assert updated.auth_type == "AWS_IAM"


@pytest.mark.in_process
def test_reset_forgets_urls(aws_lambda: Any, fn: str) -> None:
    created = aws_lambda.create_function_url_config(FunctionName=fn, AuthType="NONE")
    requests.post("http://motoapi.amazonaws.com/moto-api/reset")
    assert url_index.find_url(host(created)) is None
    assert url_index.urls() == []


@pytest.mark.in_process
def test_target_of_the_function_and_of_an_alias(aws_lambda: Any, fn: str) -> None:
    backend = backend_of(ACCOUNT, "us-east-1")
    own = url_index.find_url(host(aws_lambda.create_function_url_config(FunctionName=fn, AuthType="NONE")))
    alias = url_index.find_url(
        host(aws_lambda.create_function_url_config(FunctionName=fn, AuthType="NONE", Qualifier="live"))
    )
    assert own is not None
    assert alias is not None
    versions = [backend.target(own), backend.target(alias)]
    assert [str(each.version) for each in versions if each] == ["$LATEST", "1"]
    aws_lambda.update_alias(FunctionName=fn, Name="live", FunctionVersion="$LATEST")
    latest = backend.target(alias)
    assert latest is not None
    assert latest.version == "$LATEST"
    aws_lambda.delete_alias(FunctionName=fn, Name="live")
    assert backend.target(alias) is None
    aws_lambda.delete_function(FunctionName=fn)
    assert backend.target(own) is None


@pytest.mark.in_process
def test_target_honours_routing_weights(aws_lambda: Any, fn: str) -> None:
    aws_lambda.update_function_configuration(FunctionName=fn, Timeout=5)
    aws_lambda.publish_version(FunctionName=fn)
    aws_lambda.update_alias(
        FunctionName=fn, Name="live", RoutingConfig={"AdditionalVersionWeights": {"2": 0.25}}, FunctionVersion="1"
    )
    config = url_index.find_url(
        host(aws_lambda.create_function_url_config(FunctionName=fn, AuthType="NONE", Qualifier="live"))
    )
    assert config is not None
    mock_random.seed(7)
    backend = backend_of(ACCOUNT, "us-east-1")
    drawn = [str(function.version) for _ in range(400) if (function := backend.target(config))]
    assert set(drawn) == {"1", "2"}
    assert 70 < drawn.count("2") < 130


@pytest.mark.in_process
def test_the_id_that_a_tag_or_the_caller_chose(aws_lambda: Any, create_function: Callable[..., str]) -> None:
    create_function("fn", Tags={"_custom_id_": "Shop"}, Publish=True)
    aws_lambda.create_alias(FunctionName="fn", Name="live", FunctionVersion="1")
    created = aws_lambda.create_function_url_config(FunctionName="fn", AuthType="NONE")
    assert created["FunctionUrl"] == "https://shop.lambda-url.us-east-1.on.aws/"
    alias = aws_lambda.create_function_url_config(FunctionName="fn", AuthType="NONE", Qualifier="live")
    assert alias["FunctionUrl"] == "https://shop-live.lambda-url.us-east-1.on.aws/"
    create_function("two", Tags={"_custom_id_": "shop"})
    assert answer(aws_lambda.create_function_url_config, FunctionName="two", AuthType="NONE") == (
        "InvalidParameterValueException",
        f"The function URL id shop is taken by {ARN}. Choose another one.",
        400,
    )
    assert aws_lambda.list_function_url_configs(FunctionName="two")["FunctionUrlConfigs"] == []
    config = backend_of(ACCOUNT, "us-east-1").create_function_url_config("two", {"AuthType": "NONE"}, url_id="mine")
    assert url_index.find_url("mine.lambda-url.us-east-1.on.aws") is config


def test_a_chosen_id_that_cannot_be_in_a_host_name(aws_lambda: Any, create_function: Callable[..., str]) -> None:
    create_function("fn", Tags={"_custom_id_": "no.dots"})
    code, message, code_status = answer(aws_lambda.create_function_url_config, FunctionName="fn", AuthType="NONE")
    assert (code, code_status) == ("InvalidParameterValueException", 400)
    assert message.startswith("The function URL id 'no.dots' is no label of a host name")


def test_accounts_and_regions_are_apart(aws_lambda: Any, fn: str) -> None:
    aws_lambda.create_function_url_config(FunctionName=fn, AuthType="NONE")
    elsewhere = boto3.client("lambda", "eu-west-1")
    assert answer(elsewhere.list_function_url_configs, FunctionName=fn) == MISSING
    elsewhere.create_function(
        FunctionName="fn",
        Runtime="python3.13",
        Role=make_role(boto3.client("iam")),
        Handler="app.handler",
        Code={"ZipFile": make_zip("")},
    )
    assert elsewhere.list_function_url_configs(FunctionName=fn)["FunctionUrlConfigs"] == []


def test_times_are_utc(aws_lambda: Any, fn: str) -> None:
    before = datetime.now(timezone.utc).isoformat(timespec="microseconds")
    created = aws_lambda.create_function_url_config(FunctionName=fn, AuthType="NONE")["CreationTime"]
    after = datetime.now(timezone.utc).isoformat(timespec="microseconds")
    assert before <= created.replace("Z", "+00:00") <= after


@pytest.mark.in_process
def test_a_version_has_no_url_whatever_the_model_lets_through(aws_lambda: Any, fn: str) -> None:
    backend = backend_of(ACCOUNT, "us-east-1")
    for qualifier in ("1", "$LATEST"):
        with pytest.raises(ResourceNotFoundException, match="Function does not exist"):
            backend.create_function_url_config(f"fn:{qualifier}", {"AuthType": "NONE"})


@pytest.mark.in_process
def test_threads_that_create_and_grant_at_once(aws_lambda: Any, fn: str) -> None:
    backend = backend_of(ACCOUNT, "us-east-1")

    def create_and_grant(number: int) -> bool:
        statement = {"StatementId": f"s{number}", "Action": "lambda:InvokeFunction", "Principal": "*"}
        backend.add_permission("fn", statement)
        try:
            backend.create_function_url_config("fn", {"AuthType": "NONE"})
        except ResourceConflictException:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        created = list(threads.map(create_and_grant, range(40)))
    assert created.count(True) == 1
    assert url_index.urls() == [backend.get_function_url_config("fn").url]
    document = backend.resource_policy("fn")
    assert document is not None
    assert len(document["Statement"]) == 40


@pytest.mark.in_process
def test_threads_that_create_update_and_delete_at_once(fn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    backend = backend_of(ACCOUNT, "us-east-1")
    find = backend._url_config

    def find_slowly(key: tuple[str, str | None]) -> object:
        config = find(key)
        time.sleep(0.0005)  # lets the others run between finding a URL and changing it
        return config

    monkeypatch.setattr(backend, "_url_config", find_slowly)

    def change(number: int) -> None:
        with suppress(ResourceConflictException, ResourceNotFoundException):
            if number % 3 == 0:
                backend.create_function_url_config(fn, {"AuthType": "NONE"})
            elif number % 3 == 1:
                backend.update_function_url_config(fn, {"AuthType": "AWS_IAM"})
            else:
                backend.delete_function_url_config(fn)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(change, range(120)))
    assert url_index.urls() == [config.url for config in backend.list_function_url_configs(fn)[0]]
    assert all(url_index.find_url(config.host) is config for config in backend.url_configs.values())


@pytest.mark.parametrize("qualifier", [{}, {"Qualifier": "live"}])
def test_a_function_with_tenants_has_no_url(
    aws_lambda: Any, create_function: Callable[..., str], qualifier: dict[str, str]
) -> None:
    create_function("fn", TenancyConfig={"TenantIsolationMode": "PER_TENANT"})
    aws_lambda.publish_version(FunctionName="fn")
    aws_lambda.create_alias(FunctionName="fn", Name="live", FunctionVersion="1")
    text = "A function URL is not supported for functions with a TenancyConfig."
    expected = ("InvalidParameterValueException", text, 400)
    assert answer(aws_lambda.create_function_url_config, FunctionName="fn", AuthType="NONE", **qualifier) == expected
    assert aws_lambda.list_function_url_configs(FunctionName="fn")["FunctionUrlConfigs"] == []


@pytest.mark.in_process
@pytest.mark.parametrize("region", sorted(WITHOUT_URLS))
def test_regions_without_function_urls(mock: LambdaUrls, caplog: pytest.LogCaptureFixture, region: str) -> None:
    url = mock.deploy(make_zip("def handler(event, context): return 'here'"), name="fn", region_name=region)
    assert requests.get(url).text == "here"
    arn = f"arn:aws:lambda:{region}:{ACCOUNT}:function:fn"
    text = f"{arn} has a function URL here, but AWS's list says that there are none in {region}"
    assert [record.getMessage() for record in caplog.records if record.levelname == "WARNING"] == [text]


def test_request_ids_are_uuids(aws_lambda: Any, fn: str) -> None:
    answers = [
        aws_lambda.list_functions(),
        aws_lambda.list_layers(),
        aws_lambda.create_function_url_config(FunctionName=fn, AuthType="NONE"),
        aws_lambda.invoke(FunctionName=fn),
    ]
    ids = [each["ResponseMetadata"]["RequestId"] for each in answers]
    with pytest.raises(ClientError) as refused:
        aws_lambda.get_function(FunctionName="no")
    ids.append(refused.value.response["ResponseMetadata"]["RequestId"])
    assert all(UUID.fullmatch(each) for each in ids)
    assert len(set(ids)) == len(ids)
