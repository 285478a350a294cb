"""Policies of layer versions, and the layers of other accounts."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from moto import mock_aws
from support.builders import answer, make_role, make_zip, raw_client
from support.function_api import ACCOUNT, PACKAGE, REGION, UUID, request

from moto_lambda_urls import mock_lambda_urls

ARN = f"arn:aws:lambda:{REGION}:{ACCOUNT}:layer:lib"
VERSION: dict[str, Any] = {"LayerName": "lib", "VersionNumber": 1}
USE: dict[str, Any] = {**VERSION, "Action": "lambda:GetLayerVersion"}
EVERYONE: dict[str, Any] = {**USE, "StatementId": "s1", "Principal": "*"}
FRIEND = "222222222222"
STALE = (
    "PreconditionFailedException",
    (
        "The Revision Id provided does not match the latest Revision Id. "
        "Call the GetLayerPolicy API to retrieve the latest Revision Id"
    ),
    412,
)


@pytest.fixture
def layer(aws_lambda: Any) -> Any:
    """A Lambda client, with a layer ``lib`` of one version."""
    content = {"ZipFile": make_zip({"python/shared.py": "WHO = 'layer'"})}
    aws_lambda.publish_layer_version(LayerName="lib", Content=content)
    return aws_lambda


def missing(message: str) -> tuple[str, str, int]:
    return "ResourceNotFoundException", message, 404


def statement(sid: str, principal: Any, **condition: Any) -> dict[str, Any]:
    made = {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": principal,
        "Action": "lambda:GetLayerVersion",
        "Resource": f"{ARN}:1",
    }
    return {**made, **condition}


def policy(client: Any) -> tuple[list[dict[str, Any]], str]:
    """The statements and the revision id of the policy."""
    read = client.get_layer_version_policy(**VERSION)
    document = json.loads(read["Policy"])
    assert (document.pop("Version"), document.pop("Id")) == ("2012-10-17", "default")
    return document["Statement"], read["RevisionId"]


def test_add_get_and_remove(layer: Any) -> None:
    added = layer.add_layer_version_permission(**EVERYONE)
    assert added["ResponseMetadata"]["HTTPStatusCode"] == 201
    assert json.loads(added["Statement"]) == statement("s1", "*")
    assert UUID.fullmatch(added["RevisionId"])
    assert policy(layer) == ([statement("s1", "*")], added["RevisionId"])
    organization = {"StatementId": "s2", "Principal": "*", "OrganizationId": "o-0123456789"}
    second = layer.add_layer_version_permission(**USE, **organization, RevisionId=added["RevisionId"])
    condition = {"StringEquals": {"aws:PrincipalOrgID": "o-0123456789"}}
    assert json.loads(second["Statement"]) == statement("s2", "*", Condition=condition)
    third = layer.add_layer_version_permission(**USE, StatementId="s3", Principal=FRIEND)
    friend = {"AWS": f"arn:aws:iam::{FRIEND}:root"}
    assert json.loads(third["Statement"]) == statement("s3", friend)
    fourth = layer.add_layer_version_permission(**USE, StatementId="s4", Principal=friend["AWS"])
    assert json.loads(fourth["Statement"]) == statement("s4", friend)
    assert [each["Sid"] for each in policy(layer)[0]] == ["s1", "s2", "s3", "s4"]
    for sid in ("s2", "s3", "s4"):
        before = policy(layer)[1]
        removed = layer.remove_layer_version_permission(**VERSION, StatementId=sid, RevisionId=before)
        assert removed["ResponseMetadata"]["HTTPStatusCode"] == 204
        assert policy(layer)[1] != before
    assert policy(layer)[0] == [statement("s1", "*")]
    layer.remove_layer_version_permission(**VERSION, StatementId="s1")
    assert answer(layer.get_layer_version_policy, **VERSION) == missing(
        "No policy is associated with the given resource."
    )


def test_stale_revisions(layer: Any) -> None:
    assert answer(layer.add_layer_version_permission, **EVERYONE, RevisionId="wrong") == STALE
    first = layer.add_layer_version_permission(**EVERYONE)["RevisionId"]
    second = {**EVERYONE, "StatementId": "s2"}
    assert answer(layer.add_layer_version_permission, **second, RevisionId="wrong") == STALE
    layer.add_layer_version_permission(**second)
    removal = {**VERSION, "StatementId": "s2", "RevisionId": first}
    assert answer(layer.remove_layer_version_permission, **removal) == STALE


def test_what_is_missing_or_there(layer: Any) -> None:
    no_policy = missing("No policy is associated with the given resource.")
    assert answer(layer.get_layer_version_policy, **VERSION) == no_policy
    assert answer(layer.remove_layer_version_permission, **VERSION, StatementId="s1") == no_policy
    layer.add_layer_version_permission(**EVERYONE)
    text = (
        "The statement id (s1) provided already exists. Please provide a new statement id, or remove the existing "
        "statement."
    )
    assert answer(layer.add_layer_version_permission, **EVERYONE) == ("ResourceConflictException", text, 409)
    text = "Statement none is not found in resource policy."
    assert answer(layer.remove_layer_version_permission, **VERSION, StatementId="none") == missing(text)
    for place, arn in (({"LayerName": "none"}, f"{ARN[:-3]}none:1"), ({"VersionNumber": 2}, f"{ARN}:2")):
        expected = missing(f"Layer version {arn} does not exist.")
        assert answer(layer.add_layer_version_permission, **{**EVERYONE, **place}) == expected
        assert answer(layer.get_layer_version_policy, **{**VERSION, **place}) == expected
        assert answer(layer.remove_layer_version_permission, **{**VERSION, **place}, StatementId="s1") == expected


def test_policies_go_with_their_version(layer: Any) -> None:
    layer.add_layer_version_permission(**EVERYONE)
    layer.delete_layer_version(**VERSION)
    expected = missing(f"Layer version {ARN}:1 does not exist.")
    assert answer(layer.get_layer_version_policy, **VERSION) == expected
    assert layer.publish_layer_version(LayerName="lib", Content={"ZipFile": PACKAGE})["Version"] == 2
    expected = missing("No policy is associated with the given resource.")
    assert answer(layer.get_layer_version_policy, LayerName="lib", VersionNumber=2) == expected


@pytest.mark.parametrize(
    ("fields", "member", "text"),
    [
        ({"Action": "*"}, "action", "lambda:GetLayerVersion"),
        ({"Principal": "me"}, "principal", r"\d{12}|\*|arn:(aws[a-zA-Z-]*):iam::\d{12}:root"),
        ({"OrganizationId": "x"}, "organizationId", "o-[a-z0-9]{10,32}"),
        ({"StatementId": "a b"}, "statementId", "([a-zA-Z0-9-_]+)"),
    ],
)
def test_values_that_break_the_model(mock: Any, fields: dict[str, str], member: str, text: str) -> None:
    [value] = fields.values()
    expected = (
        "ValidationException",
        (
            f"1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: "
            f"Member must satisfy regular expression pattern: {text}"
        ),
        400,
    )
    assert answer(raw_client().add_layer_version_permission, **{**EVERYONE, **fields}) == expected


def test_a_policy_that_grows_too_long(layer: Any) -> None:
    for number in range(200):
        sid = f"{number:03}{'x' * 97}"
        try:
            layer.add_layer_version_permission(**{**EVERYONE, "StatementId": sid})
        except layer.exceptions.PolicyLengthExceededException:
            break
    assert 20_480 - 400 < len(layer.get_layer_version_policy(**VERSION)["Policy"]) <= 20_480


@pytest.fixture
def friend(layer: Any) -> Any:
    """A Lambda client of another account, with a role there."""
    assumed = boto3.client("sts", REGION).assume_role(
        RoleArn=f"arn:aws:iam::{FRIEND}:role/friend", RoleSessionName="test"
    )["Credentials"]
    session = boto3.Session(assumed["AccessKeyId"], assumed["SecretAccessKey"], assumed["SessionToken"], REGION)
    make_role(session.client("iam"))
    return session.client("lambda")


def not_authorized(action: str, arn: str) -> tuple[str, str, int]:
    return (
        "AccessDeniedException",
        (
            f"User: arn:aws:iam::{FRIEND}:root is not authorized to perform: lambda:{action} on resource: {arn} "
            f"because no resource-based policy allows the lambda:{action} action"
        ),
        403,
    )


def of_friend(**fields: Any) -> dict[str, Any]:
    return request(Role=f"arn:aws:iam::{FRIEND}:role/lambda-role", Layers=[f"{ARN}:1"], **fields)


@pytest.mark.in_process
def test_layers_of_another_account(layer: Any, friend: Any) -> None:
    denied = not_authorized("GetLayerVersion", f"{ARN}:1")
    assert answer(friend.get_layer_version, LayerName=ARN, VersionNumber=1) == denied
    assert answer(friend.get_layer_version_by_arn, Arn=f"{ARN}:1") == denied
    assert answer(friend.create_function, **of_friend()) == denied
    layer.add_layer_version_permission(**USE, StatementId="other", Principal="333333333333")
    assert answer(friend.create_function, **of_friend()) == denied
    layer.add_layer_version_permission(**USE, StatementId="friend", Principal=FRIEND)
    code = make_zip("import shared\ndef handler(event, context): return shared.WHO")
    created = friend.create_function(**of_friend(Code={"ZipFile": code}))
    assert [each["Arn"] for each in created["Layers"]] == [f"{ARN}:1"]
    assert json.load(friend.invoke(FunctionName="fn")["Payload"]) == "layer"
    assert friend.get_layer_version_by_arn(Arn=f"{ARN}:1")["LayerArn"] == ARN
    layer.delete_layer_version(**VERSION)
    friend.update_function_configuration(FunctionName="fn", Timeout=9)
    assert json.load(friend.invoke(FunctionName="fn")["Payload"]) == "layer"
    missing_one = not_authorized("GetLayerVersion", f"{ARN}:9")
    assert answer(friend.get_layer_version, LayerName=ARN, VersionNumber=9) == missing_one


@pytest.mark.in_process
def test_everyone(layer: Any, friend: Any) -> None:
    layer.add_layer_version_permission(**EVERYONE)
    friend.create_function(**of_friend())
    layer.remove_layer_version_permission(**VERSION, StatementId="s1")
    denied = not_authorized("GetLayerVersion", f"{ARN}:1")
    assert answer(friend.update_function_configuration, FunctionName="fn", Layers=[f"{ARN}:1"]) == denied


@pytest.mark.in_process
def test_an_organization(layer: Any, friend: Any) -> None:
    organizations = boto3.client("organizations", REGION)
    organization = organizations.create_organization(FeatureSet="ALL")["Organization"]["Id"]
    grant = {**EVERYONE, "OrganizationId": organization}
    layer.add_layer_version_permission(**grant)
    denied = not_authorized("GetLayerVersion", f"{ARN}:1")
    assert answer(friend.create_function, **of_friend()) == denied
    handshake = organizations.create_account(Email="a@example.com", AccountName="member")["CreateAccountStatus"]
    member = handshake["AccountId"]
    assumed = boto3.client("sts", REGION).assume_role(RoleArn=f"arn:aws:iam::{member}:role/r", RoleSessionName="test")
    keys = assumed["Credentials"]
    session = boto3.Session(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"], REGION)
    assert session.client("lambda").get_layer_version(LayerName=ARN, VersionNumber=1)["Version"] == 1


@pytest.mark.in_process
def test_what_no_policy_permits(layer: Any, friend: Any) -> None:
    layer.add_layer_version_permission(**EVERYONE)
    version = {"LayerName": ARN, "VersionNumber": 1}
    content = {"ZipFile": PACKAGE}
    for operation, parameters in (
        ("ListLayerVersions", {"LayerName": ARN}),
        ("DeleteLayerVersion", version),
        ("PublishLayerVersion", {"LayerName": ARN, "Content": content}),
        ("GetLayerVersionPolicy", version),
        ("AddLayerVersionPermission", {**EVERYONE, "LayerName": ARN}),
        ("RemoveLayerVersionPermission", {**version, "StatementId": "s1"}),
    ):
        call = getattr(friend, "".join(f"_{each.lower()}" if each.isupper() else each for each in operation)[1:])
        assert answer(call, **parameters) == not_authorized(operation, ARN)
    assert friend.list_layers()["Layers"] == []


@pytest.mark.in_process
def test_policies_are_taken_from_plain_moto_and_given_back() -> None:
    with mock_aws():
        client = boto3.client("lambda", REGION)
        client.publish_layer_version(LayerName="lib", Content={"ZipFile": PACKAGE})
        client.add_layer_version_permission(**EVERYONE)
        with mock_lambda_urls():
            assert policy(client)[0] == [statement("s1", "*")]
            client.add_layer_version_permission(**{**EVERYONE, "StatementId": "s2"})
        taken_back = json.loads(client.get_layer_version_policy(**VERSION)["Policy"])["Statement"]
        assert [each["Sid"] for each in taken_back] == ["s1", "s2"]
