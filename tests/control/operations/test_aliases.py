"""Aliases: what their operations answer, and what they refuse in AWS's words."""

from __future__ import annotations

from typing import Any

import pytest
from support.builders import answer, raw_client
from support.function_api import ARN, OTHER_PACKAGE, STALE, UUID, request

ALIAS = {"AliasArn": f"{ARN}:live", "Name": "live", "FunctionVersion": "1", "Description": ""}
NO_FUNCTION = ("ResourceNotFoundException", f"Function not found: {ARN}", 404)
NO_ALIAS = ("ResourceNotFoundException", f"Cannot find alias arn: {ARN}:live", 404)


@pytest.fixture
def published(aws_lambda: Any) -> Any:
    """A client whose function ``fn`` has the versions 1, 2 and 3."""
    aws_lambda.create_function(**request(Publish=True))
    aws_lambda.update_function_code(FunctionName="fn", ZipFile=OTHER_PACKAGE, Publish=True)
    aws_lambda.update_function_configuration(FunctionName="fn", Timeout=9)
    aws_lambda.publish_version(FunctionName="fn")
    return aws_lambda


def checked(alias: dict[str, Any]) -> dict[str, Any]:
    rest = {name: value for name, value in alias.items() if name != "ResponseMetadata"}
    assert UUID.fullmatch(rest.pop("RevisionId"))
    return rest


def weights(**by_version: float) -> dict[str, Any]:
    return {"AdditionalVersionWeights": {name.strip("v"): weight for name, weight in by_version.items()}}


def test_create(published: Any) -> None:
    created = published.create_alias(FunctionName="fn", Name="live", FunctionVersion="1")
    assert created["ResponseMetadata"]["HTTPStatusCode"] == 201
    assert checked(created) == ALIAS
    read = published.get_alias(FunctionName="fn", Name="live")
    assert read["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert (checked(read), read["RevisionId"]) == (ALIAS, created["RevisionId"])


def test_create_with_everything(published: Any) -> None:
    created = published.create_alias(
        FunctionName=ARN, Name="live", FunctionVersion="1", Description="canary", RoutingConfig=weights(v2=0.25)
    )
    assert checked(created) == {**ALIAS, "Description": "canary", "RoutingConfig": weights(v2=0.25)}


def test_alias_of_latest(published: Any) -> None:
    created = published.create_alias(FunctionName="fn", Name="dev", FunctionVersion="$LATEST")
    assert created["FunctionVersion"] == "$LATEST"
    assert published.get_function_configuration(FunctionName="fn:dev")["FunctionArn"] == f"{ARN}:dev"


def test_update(published: Any) -> None:
    created = published.create_alias(FunctionName="fn", Name="live", FunctionVersion="1", Description="old")
    updated = published.update_alias(
        FunctionName="fn", Name="live", FunctionVersion="2", Description="new", RoutingConfig=weights(v3=0.5)
    )
    assert updated["ResponseMetadata"]["HTTPStatusCode"] == 200
    expected = {**ALIAS, "FunctionVersion": "2", "Description": "new", "RoutingConfig": weights(v3=0.5)}
    assert checked(updated) == expected
    assert updated["RevisionId"] != created["RevisionId"]


def test_update_keeps_what_it_does_not_name(published: Any) -> None:
    sent = {"Description": "canary", "RoutingConfig": weights(v2=0.25)}
    created = published.create_alias(FunctionName="fn", Name="live", FunctionVersion="1", **sent)
    updated = published.update_alias(FunctionName="fn", Name="live")
    assert checked(updated) == {**ALIAS, **sent}
    assert updated["RevisionId"] != created["RevisionId"]


@pytest.mark.parametrize("routing", [{}, {"AdditionalVersionWeights": {}}])
def test_routing_taken_back(published: Any, routing: dict[str, Any]) -> None:
    published.create_alias(FunctionName="fn", Name="live", FunctionVersion="1", RoutingConfig=weights(v2=0.25))
    assert checked(published.update_alias(FunctionName="fn", Name="live", RoutingConfig=routing)) == ALIAS


def test_stale_revision(published: Any) -> None:
    revision = published.create_alias(FunctionName="fn", Name="live", FunctionVersion="1")["RevisionId"]
    published.update_alias(FunctionName="fn", Name="live", Description="new", RevisionId=revision)
    expected = ("PreconditionFailedException", STALE, 412)
    assert answer(published.update_alias, FunctionName="fn", Name="live", RevisionId=revision) == expected


def test_delete(published: Any) -> None:
    published.create_alias(FunctionName="fn", Name="live", FunctionVersion="1")
    published.create_function_url_config(FunctionName="fn", AuthType="NONE", Qualifier="live")
    deleted = published.delete_alias(FunctionName="fn", Name="live")
    assert deleted["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert answer(published.get_alias, FunctionName="fn", Name="live") == NO_ALIAS
    assert published.list_function_url_configs(FunctionName="fn")["FunctionUrlConfigs"] == []
    published.delete_alias(FunctionName="fn", Name="live")


def test_taken_name(published: Any) -> None:
    published.create_alias(FunctionName="fn", Name="live", FunctionVersion="1")
    expected = ("ResourceConflictException", f"Alias already exists: {ARN}:live", 409)
    assert answer(published.create_alias, FunctionName="fn", Name="live", FunctionVersion="2") == expected
    assert published.get_alias(FunctionName="fn", Name="live")["FunctionVersion"] == "1"


@pytest.mark.parametrize(
    ("operation", "parameters", "expected"),
    [
        ("create_alias", {"Name": "live", "FunctionVersion": "1"}, f"{ARN}:1"),
        ("get_alias", {"Name": "live"}, ARN),
        ("update_alias", {"Name": "live"}, ARN),
        ("delete_alias", {"Name": "live"}, ARN),
        ("list_aliases", {}, ARN),
    ],
)
def test_missing_function(aws_lambda: Any, operation: str, parameters: dict[str, str], expected: str) -> None:
    missing = ("ResourceNotFoundException", f"Function not found: {expected}", 404)
    assert answer(getattr(aws_lambda, operation), FunctionName="fn", **parameters) == missing


def test_missing_alias(published: Any) -> None:
    assert answer(published.get_alias, FunctionName="fn", Name="live") == NO_ALIAS
    expected = ("ResourceNotFoundException", f"Alias not found: {ARN}:live", 404)
    assert answer(published.update_alias, FunctionName="fn", Name="live") == expected


def test_missing_version(published: Any) -> None:
    missing = ("ResourceNotFoundException", f"Function not found: {ARN}:9", 404)
    assert answer(published.create_alias, FunctionName="fn", Name="live", FunctionVersion="9") == missing
    published.create_alias(FunctionName="fn", Name="live", FunctionVersion="1")
    assert answer(published.update_alias, FunctionName="fn", Name="live", FunctionVersion="9") == missing


MAP = "Value '{{{0}}}' at 'routingConfig.additionalVersionWeights' failed to satisfy constraint: "
VALUE = (
    "Map value must satisfy constraint: [Member must have value less than or equal to 1.0, "
    "Member must have value greater than or equal to 0.0, Member must not be null]"
)
KEY = (
    "Map keys must satisfy constraint: [Member must have length less than or equal to 1024, "
    "Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: [0-9]+, "
    "Member must not be null]"
)


@pytest.mark.parametrize(
    ("version", "routing", "expected"),
    [
        (
            "1",
            weights(v2=0.1, v3=0.1),
            (
                "InvalidParameterValueException",
                "Number of items in AdditionalVersionWeights cannot be greater than 1",
                400,
            ),
        ),
        (
            "1",
            weights(v2=2),
            ("ValidationException", f"1 validation error detected: {MAP.format('2=2.0')}{VALUE}", 400),
        ),
        (
            "1",
            weights(v2=-1),
            ("ValidationException", f"1 validation error detected: {MAP.format('2=-1.0')}{VALUE}", 400),
        ),
        (
            "1",
            {"AdditionalVersionWeights": {"live": 0.5}},
            ("ValidationException", f"1 validation error detected: {MAP.format('live=0.5')}{KEY}", 400),
        ),
        (
            "1",
            weights(v1=0.5),
            (
                "InvalidParameterValueException",
                "Invalid function version 1. Function version 1 is already included in routing configuration.",
                400,
            ),
        ),
        (
            "$LATEST",
            weights(v1=0.5),
            (
                "InvalidParameterValueException",
                "$LATEST is not supported for an alias pointing to more than 1 version",
                400,
            ),
        ),
        ("1", weights(v10=0.5), ("ResourceNotFoundException", f"Function not found: {ARN}:10", 404)),
    ],
)
def test_routing_that_is_refused(
    published: Any, version: str, routing: dict[str, Any], expected: tuple[str, str, int]
) -> None:
    client = raw_client()
    parameters = {"FunctionName": "fn", "Name": "live", "FunctionVersion": version, "RoutingConfig": routing}
    assert answer(client.create_alias, **parameters) == expected
    assert client.list_aliases(FunctionName="fn")["Aliases"] == []
    client.create_alias(FunctionName="fn", Name="live", FunctionVersion=version)
    assert answer(client.update_alias, **parameters) == expected
    assert "RoutingConfig" not in client.get_alias(FunctionName="fn", Name="live")


def test_update_to_the_version_that_is_weighed(published: Any) -> None:
    published.create_alias(FunctionName="fn", Name="live", FunctionVersion="1", RoutingConfig=weights(v2=0.5))
    text = "Invalid function version 2. Function version 2 is already included in routing configuration."
    expected = ("InvalidParameterValueException", text, 400)
    assert answer(published.update_alias, FunctionName="fn", Name="live", FunctionVersion="2") == expected


@pytest.mark.parametrize("name", ["1", "a.b", "a b"])
def test_names_of_no_form(mock: Any, name: str) -> None:
    client = raw_client()
    client.create_function(**request())
    text = (
        f"1 validation error detected: Value '{name}' at 'name' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: (?!^[0-9]+$)([a-zA-Z0-9-_]+)"
    )
    expected = ("ValidationException", text, 400)
    assert answer(client.create_alias, FunctionName="fn", Name=name, FunctionVersion="$LATEST") == expected


def test_name_too_long(mock: Any) -> None:
    client = raw_client()
    client.create_function(**request())
    text = (
        f"1 validation error detected: Value '{'n' * 129}' at 'name' failed to satisfy constraint: "
        "Member must have length less than or equal to 128"
    )
    expected = ("ValidationException", text, 400)
    assert answer(client.create_alias, FunctionName="fn", Name="n" * 129, FunctionVersion="$LATEST") == expected


def test_list(published: Any) -> None:
    for name, version in [("c", "1"), ("a", "2"), ("b", "1")]:
        published.create_alias(FunctionName="fn", Name=name, FunctionVersion=version)

    def names(**parameters: Any) -> list[str]:
        return [alias["Name"] for alias in published.list_aliases(FunctionName="fn", **parameters)["Aliases"]]

    assert names() == ["a", "b", "c"]
    assert names(FunctionVersion="1") == ["b", "c"]
    assert names(FunctionVersion="3") == []
    pages = published.get_paginator("list_aliases").paginate(FunctionName="fn", PaginationConfig={"PageSize": 2})
    assert [[alias["Name"] for alias in page["Aliases"]] for page in pages] == [["a", "b"], ["c"]]


def test_invocations_follow_the_alias(published: Any) -> None:
    published.create_alias(FunctionName="fn", Name="live", FunctionVersion="1")
    first = published.invoke(FunctionName="fn", Qualifier="live", Payload=b"5")
    assert (first["ExecutedVersion"], first["Payload"].read()) == ("1", b"5")
    published.update_alias(FunctionName="fn", Name="live", FunctionVersion="2")
    second = published.invoke(FunctionName="fn:live", Payload=b"5")
    assert (second["ExecutedVersion"], second["Payload"].read()) == ("2", b'"other"')
