from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from moto_lambda_urls import LambdaUrls

READ = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
BASIC = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"


def template(**properties: Any) -> str:
    properties = {"RoleName": "shop", "AssumeRolePolicyDocument": {"Version": "2012-10-17"}, **properties}
    return json.dumps({"Resources": {"Role": {"Type": "AWS::IAM::Role", "Properties": properties}}})


def inline(action: str) -> list[dict[str, Any]]:
    statement = {"Effect": "Allow", "Action": action, "Resource": "*"}
    return [{"PolicyName": "may", "PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]}}]


def attached(iam: Any) -> list[str]:
    return [each["PolicyArn"] for each in iam.list_attached_role_policies(RoleName="shop")["AttachedPolicies"]]


def test_managed_policies_are_made_with_awss_documents(mock: LambdaUrls) -> None:
    mock.client("cloudformation").create_stack(StackName="shop", TemplateBody=template(ManagedPolicyArns=[READ, BASIC]))
    iam = mock.client("iam")
    assert attached(iam) == [BASIC, READ]
    version = iam.get_policy(PolicyArn=BASIC)["Policy"]["DefaultVersionId"]
    document = iam.get_policy_version(PolicyArn=BASIC, VersionId=version)["PolicyVersion"]["Document"]
    assert document["Statement"][0]["Action"] == ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]


def test_policy_of_the_account(mock: LambdaUrls) -> None:
    iam = mock.client("iam")
    own = iam.create_policy(PolicyName="own", PolicyDocument=json.dumps(inline("s3:GetObject")[0]["PolicyDocument"]))
    arn = own["Policy"]["Arn"]
    mock.client("cloudformation").create_stack(StackName="shop", TemplateBody=template(ManagedPolicyArns=[arn]))
    assert attached(iam) == [arn]


def test_policy_that_is_not_there(mock: LambdaUrls) -> None:
    arn = "arn:aws:iam::aws:policy/NoSuchPolicy"
    with pytest.raises(ClientError, match=f"Policy {arn} does not exist or is not attachable"):
        mock.client("cloudformation").create_stack(StackName="shop", TemplateBody=template(ManagedPolicyArns=[arn]))
    assert mock.client("iam").list_roles()["Roles"] == []


def test_changed_policies(mock: LambdaUrls) -> None:
    client, iam = mock.client("cloudformation"), mock.client("iam")
    client.create_stack(
        StackName="shop", TemplateBody=template(ManagedPolicyArns=[READ], Policies=inline("s3:GetObject"))
    )
    trust = {"Version": "2012-10-17", "Statement": []}
    client.update_stack(
        StackName="shop",
        TemplateBody=template(
            ManagedPolicyArns=[BASIC], Policies=inline("sqs:SendMessage"), AssumeRolePolicyDocument=trust
        ),
    )
    assert attached(iam) == [BASIC]
    document = iam.get_role_policy(RoleName="shop", PolicyName="may")["PolicyDocument"]
    assert document["Statement"][0]["Action"] == "sqs:SendMessage"
    assert iam.get_role(RoleName="shop")["Role"]["AssumeRolePolicyDocument"] == trust
    client.delete_stack(StackName="shop")
    assert iam.list_roles()["Roles"] == []
