from __future__ import annotations

import json
from typing import Any

import pytest
import requests
from botocore.exceptions import ClientError

from moto_lambda_urls import LambdaUrls

LAMBDA = ["lambda:InvokeFunctionUrl", "lambda:InvokeFunction"]
NO_POLICY = "arn:aws:iam::123456789012:user/ada"
MISSING = "arn:aws:iam::123456789012:policy/missing"


def allowing(*actions: str) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": [statement]}


def make_policy(mock: LambdaUrls, name: str, *actions: str) -> str:
    made = mock.client("iam").create_policy(PolicyName=name, PolicyDocument=json.dumps(allowing(*actions)))
    return str(made["Policy"]["Arn"])


def template(kind: str, **properties: Any) -> str:
    if kind == "Role":
        properties["AssumeRolePolicyDocument"] = {"Version": "2012-10-17"}
    resource = {"Type": f"AWS::IAM::{kind}", "Properties": {f"{kind}Name": "ada", **properties}}
    return json.dumps({"Resources": {"Who": resource}})


def boundary(mock: LambdaUrls, kind: str) -> str | None:
    iam = mock.client("iam")
    found = iam.get_role(RoleName="ada")["Role"] if kind == "Role" else iam.get_user(UserName="ada")["User"]
    shown = found.get("PermissionsBoundary")
    assert shown is None or shown["PermissionsBoundaryType"] == "PermissionsBoundaryPolicy"
    return shown and str(shown["PermissionsBoundaryArn"])


@pytest.mark.parametrize("kind", ["User", "Role"])
def test_boundary_of_a_template_that_changes(mock: LambdaUrls, kind: str) -> None:
    first, second = make_policy(mock, "first", "s3:*"), make_policy(mock, "second", "sqs:*")
    client = mock.client("cloudformation")
    client.create_stack(StackName="shop", TemplateBody=template(kind, PermissionsBoundary=first))
    assert boundary(mock, kind) == first
    client.update_stack(StackName="shop", TemplateBody=template(kind, PermissionsBoundary=second))
    assert boundary(mock, kind) == second
    client.update_stack(StackName="shop", TemplateBody=template(kind, Path="/"))
    assert boundary(mock, kind) is None
    client.delete_stack(StackName="shop")


@pytest.mark.parametrize("kind", ["User", "Role"])
@pytest.mark.parametrize("wrong", [NO_POLICY, MISSING])
def test_boundary_that_is_no_policy(mock: LambdaUrls, kind: str, wrong: str) -> None:
    client, iam = mock.client("cloudformation"), mock.client("iam")
    message = {
        NO_POLICY: f"Value ({NO_POLICY}) for parameter PermissionsBoundary is invalid.",
        MISSING: f"Scope ARN: {MISSING} does not exist or is not attachable.",
    }[wrong]
    with pytest.raises(ClientError) as raised:
        client.create_stack(StackName="shop", TemplateBody=template(kind, PermissionsBoundary=wrong))
    assert raised.value.response["Error"]["Message"] == message
    assert (iam.list_users()["Users"], iam.list_roles()["Roles"]) == ([], [])
    client.create_stack(StackName="shop", TemplateBody=template(kind))
    with pytest.raises(ClientError) as raised:
        client.update_stack(StackName="shop", TemplateBody=template(kind, PermissionsBoundary=wrong))
    assert raised.value.response["Error"]["Message"] == message
    assert boundary(mock, kind) is None


@pytest.mark.in_process
@pytest.mark.filterwarnings("ignore::moto_lambda_urls.FunctionUrlPermissionWarning")
@pytest.mark.parametrize(("allowed", "status"), [(LAMBDA, 200), (["s3:*"], 403)])
def test_boundary_of_a_templates_user_limits_requests(mock: LambdaUrls, allowed: list[str], status: int) -> None:
    url = mock.deploy(lambda event, context: "hello", auth_type="AWS_IAM")
    body = template("User", PermissionsBoundary=make_policy(mock, "limit", *allowed))
    mock.client("cloudformation").create_stack(StackName="shop", TemplateBody=body)
    iam = mock.client("iam")
    iam.put_user_policy(UserName="ada", PolicyName="calls", PolicyDocument=json.dumps(allowing(*LAMBDA)))
    assert requests.get(url, auth=url.auth("ada")).status_code == status
