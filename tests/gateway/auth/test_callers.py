"""Who moto's access keys belong to."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import boto3
import pytest
from moto import mock_aws

from moto_lambda_urls.gateway.auth import Caller, MotoCallers
from moto_lambda_urls.gateway.auth.identity import Identity

pytestmark = pytest.mark.in_process

ACCOUNT = "123456789012"
OTHER = "210987654321"


def policy(action: str = "lambda:InvokeFunctionUrl") -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}


TRUST = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}}]}
)


@pytest.fixture(autouse=True)
def aws() -> Iterator[None]:
    with mock_aws():
        yield


@pytest.fixture
def iam() -> Any:
    return boto3.client("iam", "us-east-1")


@pytest.fixture
def sts() -> Any:
    return boto3.client("sts", "us-east-1")


def identity_of(access_key: str, **arguments: Any) -> Identity:
    key = MotoCallers(**arguments).find(access_key)
    assert key is not None
    return key.identify()


def test_user(iam: Any) -> None:
    iam.create_user(UserName="ann", Path="/team/", Tags=[{"Key": "Team", "Value": "blue"}])
    iam.put_user_policy(UserName="ann", PolicyName="inline", PolicyDocument=json.dumps(policy("a:Inline")))
    attached = iam.create_policy(PolicyName="attached", PolicyDocument=json.dumps(policy("a:Old")))["Policy"]["Arn"]
    iam.create_policy_version(PolicyArn=attached, PolicyDocument=json.dumps(policy("a:New")), SetAsDefault=True)
    iam.attach_user_policy(UserName="ann", PolicyArn=attached)
    iam.create_group(GroupName="g")
    iam.add_user_to_group(GroupName="g", UserName="ann")
    iam.put_group_policy(GroupName="g", PolicyName="inline", PolicyDocument=json.dumps(policy("a:Group")))
    iam.attach_group_policy(GroupName="g", PolicyArn=attached)
    iam.create_group(GroupName="not-hers")
    iam.put_group_policy(GroupName="not-hers", PolicyName="inline", PolicyDocument=json.dumps(policy("a:Not")))
    created = iam.create_access_key(UserName="ann")["AccessKey"]
    user_id = iam.get_user(UserName="ann")["User"]["UserId"]
    arn = f"arn:aws:iam::{ACCOUNT}:user/team/ann"

    key = MotoCallers().find(created["AccessKeyId"])
    assert key is not None
    assert (key.secret, key.session_tokens, key.expires) == (created["SecretAccessKey"], (None,), None)
    assert key.identify() == Identity(
        kind="User",
        account_id=ACCOUNT,
        arn=arn,
        user_id=user_id,
        user_name="ann",
        policies=(policy("a:Inline"), policy("a:New"), policy("a:Group"), policy("a:New")),
        tags={"Team": "blue"},
        is_obtainable=True,
    )
    assert key.identify().as_caller("AK") == Caller(
        access_key="AK", account_id=ACCOUNT, caller_id=user_id, user_arn=arn, user_id=user_id
    )


def test_user_whose_policies_change(iam: Any) -> None:
    iam.create_user(UserName="ann")
    access_key = iam.create_access_key(UserName="ann")["AccessKey"]["AccessKeyId"]
    assert identity_of(access_key).policies == ()
    iam.put_user_policy(UserName="ann", PolicyName="p", PolicyDocument=json.dumps(policy("a:One")))
    assert identity_of(access_key).policies == (policy("a:One"),)
    iam.put_user_policy(UserName="ann", PolicyName="p", PolicyDocument=json.dumps(policy("a:Two")))
    assert identity_of(access_key).policies == (policy("a:Two"),)


def test_inactive_and_deleted_keys(iam: Any) -> None:
    iam.create_user(UserName="ann")
    access_key = iam.create_access_key(UserName="ann")["AccessKey"]["AccessKeyId"]
    iam.update_access_key(UserName="ann", AccessKeyId=access_key, Status="Inactive")
    key = MotoCallers().find(access_key)
    assert key is not None
    assert not key.is_active
    iam.delete_access_key(UserName="ann", AccessKeyId=access_key)
    assert MotoCallers().find(access_key) is None


def test_role_session(iam: Any, sts: Any) -> None:
    boundary = iam.create_policy(PolicyName="limit", PolicyDocument=json.dumps(policy("a:Limit")))["Policy"]["Arn"]
    role = iam.create_role(
        RoleName="r",
        Path="/p/",
        AssumeRolePolicyDocument=TRUST,
        PermissionsBoundary=boundary,
        Tags=[{"Key": "k", "Value": "v"}],
    )["Role"]
    iam.put_role_policy(RoleName="r", PolicyName="inline", PolicyDocument=json.dumps(policy("a:Inline")))
    attached = iam.create_policy(PolicyName="attached", PolicyDocument=json.dumps(policy("a:Attached")))
    iam.attach_role_policy(RoleName="r", PolicyArn=attached["Policy"]["Arn"])
    answer = sts.assume_role(
        RoleArn=role["Arn"], RoleSessionName="session", Policy=json.dumps(policy("a:Session")), DurationSeconds=900
    )
    credentials = answer["Credentials"]

    key = MotoCallers().find(credentials["AccessKeyId"])
    assert key is not None
    assert (key.secret, key.session_tokens) == (credentials["SecretAccessKey"], (credentials["SessionToken"],))
    assert key.expires is not None
    assert timedelta(minutes=14) < key.expires - datetime.now(timezone.utc) <= timedelta(minutes=15)
    assert key.identify() == Identity(
        kind="AssumedRole",
        account_id=ACCOUNT,
        arn=f"arn:aws:iam::{ACCOUNT}:role/p/r",
        session_arn=f"arn:aws:sts::{ACCOUNT}:assumed-role/r/session",
        user_id=f"{role['RoleId']}:session",
        policies=(policy("a:Inline"), policy("a:Attached")),
        limits=((policy("a:Session"),), (policy("a:Limit"),)),
        tags={"k": "v"},
        is_obtainable=True,
    )
    assert key.identify().as_caller("AK") == Caller(
        access_key="AK",
        account_id=ACCOUNT,
        caller_id=f"{role['RoleId']}:session",
        user_arn=f"arn:aws:sts::{ACCOUNT}:assumed-role/r/session",
        user_id=f"{role['RoleId']}:session",
    )


def test_role_of_a_stack(sts: Any) -> None:
    role = {
        "AssumeRolePolicyDocument": json.loads(TRUST),
        "RoleName": "stacked",
        "Policies": [{"PolicyName": "p", "PolicyDocument": policy("a:Stack")}],
    }
    template = {"Resources": {"Role": {"Type": "AWS::IAM::Role", "Properties": role}}}
    boto3.client("cloudformation", "us-east-1").create_stack(StackName="s", TemplateBody=json.dumps(template))
    session = sts.assume_role(RoleArn=f"arn:aws:iam::{ACCOUNT}:role/stacked", RoleSessionName="session")["Credentials"]
    assert identity_of(session["AccessKeyId"]).policies == (policy("a:Stack"),)


def test_policies_that_are_no_json_grant_nothing(sts: Any) -> None:
    role_arn = f"arn:aws:iam::{ACCOUNT}:role/any"
    session = sts.assume_role(RoleArn=role_arn, RoleSessionName="session", Policy="[" * 2_000)["Credentials"]
    assert identity_of(session["AccessKeyId"]).limits == ((None,),)


def test_saml_session(sts: Any) -> None:
    role_arn = f"arn:aws:iam::{OTHER}:role/saml"
    name, role = (f"https://aws.amazon.com/SAML/Attributes/{each}" for each in ("RoleSessionName", "Role"))
    attributes = "".join(
        f'<saml:Attribute Name="{attribute}"><saml:AttributeValue>{value}</saml:AttributeValue></saml:Attribute>'
        for attribute, value in ((name, "session"), (role, f"{role_arn},arn:aws:iam::{OTHER}:saml-provider/p"))
    )
    assertion = (
        '<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" '
        'xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"><saml:Assertion><saml:AttributeStatement>'
        f"{attributes}</saml:AttributeStatement></saml:Assertion></samlp:Response>"
    )
    session = sts.assume_role_with_saml(
        RoleArn=role_arn,
        PrincipalArn=f"arn:aws:iam::{OTHER}:saml-provider/p",
        SAMLAssertion=base64.b64encode(assertion.encode()).decode(),
    )["Credentials"]
    assert identity_of(session["AccessKeyId"]).session_arn == f"arn:aws:sts::{OTHER}:assumed-role/saml/session"


def test_boundary_that_does_not_exist_allows_nothing(iam: Any, sts: Any) -> None:
    gone = iam.create_policy(PolicyName="gone", PolicyDocument=json.dumps(policy("a:Limit")))["Policy"]["Arn"]
    role = iam.create_role(RoleName="r", AssumeRolePolicyDocument=TRUST, PermissionsBoundary=gone)["Role"]["Arn"]
    iam.delete_policy(PolicyArn=gone)
    session = sts.assume_role(RoleArn=role, RoleSessionName="session")["Credentials"]
    assert identity_of(session["AccessKeyId"]).limits == ((None,),)


def test_session_in_another_account(sts: Any) -> None:
    role_arn = f"arn:aws:iam::{OTHER}:role/admin"
    session = sts.assume_role(RoleArn=role_arn, RoleSessionName="there")["Credentials"]
    found = identity_of(session["AccessKeyId"])
    assert (found.account_id, found.arn, found.policies) == (OTHER, role_arn, None)
    assert found.session_arn == f"arn:aws:sts::{OTHER}:assumed-role/admin/there"
    assert found == identity_of(session["AccessKeyId"])


def test_user_of_another_account(sts: Any) -> None:
    there = sts.assume_role(RoleArn=f"arn:aws:iam::{OTHER}:role/admin", RoleSessionName="there")["Credentials"]
    iam = boto3.client(
        "iam",
        "us-east-1",
        aws_access_key_id=there["AccessKeyId"],
        aws_secret_access_key=there["SecretAccessKey"],
        aws_session_token=there["SessionToken"],
    )
    iam.create_user(UserName="bob")
    access_key = iam.create_access_key(UserName="bob")["AccessKey"]["AccessKeyId"]
    assert identity_of(access_key).arn == f"arn:aws:iam::{OTHER}:user/bob"


def test_web_identity_session(sts: Any) -> None:
    session = sts.assume_role_with_web_identity(
        RoleArn=f"arn:aws:iam::{ACCOUNT}:role/web", RoleSessionName="session", WebIdentityToken="x" * 20
    )["Credentials"]
    assert identity_of(session["AccessKeyId"]).session_arn == f"arn:aws:sts::{ACCOUNT}:assumed-role/web/session"


ROOT = Identity(kind="Account", account_id=ACCOUNT, arn=f"arn:aws:iam::{ACCOUNT}:root", user_id=ACCOUNT)


def test_mocks_own_key() -> None:
    key = MotoCallers(environment={}).find("FOOBARKEY")
    assert key is not None
    assert (key.secret, key.session_tokens, key.identify()) == ("FOOBARSECRET", (None, None), ROOT)


def test_key_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token")
    key = MotoCallers().find("testing")
    assert key is not None
    assert (key.secret, key.session_tokens, key.identify()) == ("secret", (None, "token"), ROOT)


def test_account_of_the_environment() -> None:
    found = identity_of("FOOBARKEY", environment={"MOTO_ACCOUNT_ID": OTHER})
    assert found.account_id == OTHER


@pytest.mark.parametrize("access_key", ["", "AKIAUNKNOWN", "ünknown", "\ud800"])
def test_unknown_key(access_key: str) -> None:
    assert MotoCallers().find(access_key) is None


def test_organization(iam: Any, sts: Any) -> None:
    organizations = boto3.client("organizations", "us-east-1")
    organization = organizations.create_organization(FeatureSet="ALL")["Organization"]["Id"]
    member = organizations.create_account(AccountName="member", Email="m@example.com")["CreateAccountStatus"][
        "AccountId"
    ]
    iam.create_user(UserName="ann")
    access_key = iam.create_access_key(UserName="ann")["AccessKey"]["AccessKeyId"]
    assert identity_of(access_key).organization_id == organization
    there = sts.assume_role(RoleArn=f"arn:aws:iam::{member}:role/admin", RoleSessionName="there")["Credentials"]
    assert identity_of(there["AccessKeyId"]).organization_id == organization
    elsewhere = sts.assume_role(RoleArn=f"arn:aws:iam::{OTHER}:role/admin", RoleSessionName="there")["Credentials"]
    assert identity_of(elsewhere["AccessKeyId"]).organization_id is None
