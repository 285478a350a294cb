"""Who may call a function URL, in each mode."""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st
from support.builders import HOST, make_request, make_url_config

from moto_lambda_urls.control.url_configs import FunctionUrlConfig
from moto_lambda_urls.gateway.auth import Caller, authorize
from moto_lambda_urls.gateway.auth.identity import Identity, KnownKey, root_of
from moto_lambda_urls.gateway.refusals import FunctionUrlPermissionWarning, Refused
from moto_lambda_urls.state.scope import Authorization

pytestmark = pytest.mark.in_process

ACCOUNT, OTHER = "123456789012", "210987654321"
ARN = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:f"
FORBIDDEN_BODY = (
    b'{"Message":"Forbidden. For troubleshooting Function URL authorization issues, see: '
    b'https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"}'
)
FORBIDDEN = (403, "AccessDeniedException", FORBIDDEN_BODY)
URL_ACTION, FUNCTION_ACTION = "lambda:InvokeFunctionUrl", "lambda:InvokeFunction"
ANYBODY, SIGNED = make_url_config(), make_url_config(auth_type="AWS_IAM")
REFUSED = "refused"


def url_grant(
    *, principal: Any = "*", auth_type: str | None = "NONE", effect: str = "Allow", **fields: Any
) -> dict[str, Any]:
    condition = {} if auth_type is None else {"Condition": {"StringEquals": {"lambda:FunctionUrlAuthType": auth_type}}}
    base = {"Sid": "u", "Effect": effect, "Principal": principal, "Action": URL_ACTION, "Resource": ARN}
    return {**base, **condition, **fields}


def function_grant(
    *, principal: Any = "*", via_url: bool = True, effect: str = "Allow", **fields: Any
) -> dict[str, Any]:
    condition = {"Condition": {"Bool": {"lambda:InvokedViaFunctionUrl": "true"}}} if via_url else {}
    base = {"Sid": "i", "Effect": effect, "Principal": principal, "Action": FUNCTION_ACTION, "Resource": ARN}
    return {**base, **condition, **fields}


def allow(*actions: str, effect: str = "Allow", **fields: Any) -> dict[str, Any]:
    """An identity's policy."""
    statement = {"Effect": effect, "Action": list(actions), "Resource": ARN, **fields}
    return {"Version": "2012-10-17", "Statement": statement}


class Knows:
    """A lookup in which every key is that of one identity."""

    def __init__(self, identity: Identity) -> None:
        self.key = KnownKey(secret="secret", identify=lambda: identity)

    def find(self, _: str) -> KnownKey | None:
        return self.key


def user(*policies: Any, account_id: str = ACCOUNT, **fields: Any) -> Identity:
    return Identity(
        kind="User",
        account_id=account_id,
        arn=f"arn:aws:iam::{account_id}:user/ann",
        user_id="AIDAX",
        user_name="ann",
        policies=policies,
        **fields,
    )


def session(*policies: Any, account_id: str = ACCOUNT, **fields: Any) -> Identity:
    return Identity(
        kind="AssumedRole",
        account_id=account_id,
        arn=f"arn:aws:iam::{account_id}:role/r",
        session_arn=f"arn:aws:sts::{account_id}:assumed-role/r/s",
        user_id="AROAX:s",
        policies=policies,
        **fields,
    )


def signed_request() -> Any:
    request = AWSRequest(method="GET", url=f"https://{HOST}/")
    SigV4Auth(Credentials("AK", "secret"), "lambda", "us-east-1").add_auth(request)
    return make_request(headers=tuple(request.headers.items()))


def ask(
    *statements: Any,
    mode: Authorization,
    config: FunctionUrlConfig = ANYBODY,
    identity: Identity | None = None,
    policy: Mapping[str, Any] | None = None,
    warned: set[str] | None = None,
    request: Any = None,
) -> Caller | str | None:
    """The caller, or REFUSED with AWS's answer checked."""
    document = {"Version": "2012-10-17", "Id": "default", "Statement": list(statements)} if statements else policy
    try:
        return authorize(
            request or (make_request() if identity is None else signed_request()),
            config,
            resource_policy=document,
            authorization=mode,
            callers=Knows(identity or root_of(ACCOUNT, "aws")),
            now=datetime.now(timezone.utc),
            warned={config.url} if warned is None else warned,
        )
    except Refused as refused:
        response = refused.response
        assert (response.status, response.header("x-amzn-errortype"), response.body) == FORBIDDEN
        return REFUSED


IAM_GRANT = url_grant(auth_type="AWS_IAM")


@pytest.mark.parametrize(
    ("statements", "standard", "strict"),
    [
        ([], False, False),
        ([url_grant()], True, False),
        ([url_grant(auth_type=None)], True, False),
        ([url_grant(), function_grant()], True, True),
        ([url_grant(), function_grant(via_url=False)], True, True),
        ([function_grant()], False, False),
        ([url_grant(auth_type="AWS_IAM"), function_grant()], False, False),
        ([url_grant(principal={"AWS": ACCOUNT}), function_grant()], False, False),
        ([url_grant(Resource=f"{ARN}:live"), function_grant()], False, False),
        ([url_grant(), function_grant(principal={"AWS": ACCOUNT})], True, False),
        ([url_grant(), function_grant(), url_grant(effect="Deny", auth_type=None)], False, False),
        ([url_grant(), function_grant(), function_grant(effect="Deny")], False, False),
        (
            [url_grant(), function_grant(Condition={"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}})],
            True,
            False,
        ),
        ([url_grant(Condition={"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}}), function_grant()], True, True),
        ([url_grant(Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}), function_grant()], False, False),
        ([url_grant(Condition={"StringEquals": {"aws:SourceAccount": ACCOUNT}}), function_grant()], False, False),
        ([url_grant(Condition={"Bool": {"aws:SecureTransport": "true"}}), function_grant()], True, True),
        ([url_grant(Condition={"StringEquals": {"aws:PrincipalType": "Anonymous"}}), function_grant()], True, True),
    ],
)
def test_public_url(statements: list[Any], standard: bool, strict: bool) -> None:
    assert ask(*statements, mode="standard") == (None if standard else REFUSED)
    assert ask(*statements, mode="strict") == (None if strict else REFUSED)
    assert ask(*statements, mode="off") is None


def test_url_of_an_alias() -> None:
    config = make_url_config(qualifier="live")
    both = [url_grant(Resource=f"{ARN}:live"), function_grant(Resource=f"{ARN}:live")]
    assert ask(*both, mode="strict", config=config) is None
    assert ask(url_grant(), function_grant(), mode="strict", config=config) == REFUSED


BOTH = allow(URL_ACTION, FUNCTION_ACTION)
USER_ARN, ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:user/ann", f"arn:aws:iam::{ACCOUNT}:role/r"
SESSION_ARN = f"arn:aws:sts::{ACCOUNT}:assumed-role/r/s"


def grants(arn: str | list[str]) -> list[Any]:
    return [url_grant(principal={"AWS": arn}, auth_type="AWS_IAM"), function_grant(principal={"AWS": arn})]


@pytest.mark.parametrize(
    ("identity", "statements", "standard", "strict"),
    [
        (root_of(ACCOUNT, "aws"), [], True, True),
        (root_of(ACCOUNT, "aws"), [url_grant(effect="Deny", auth_type=None)], False, False),
        (user(), [], False, False),
        (user(BOTH), [], True, True),
        (user(allow(URL_ACTION)), [], True, False),
        (user(allow(FUNCTION_ACTION)), [], False, False),
        (user(allow("lambda:*")), [], True, True),
        (user(allow(URL_ACTION), allow(FUNCTION_ACTION)), [], True, True),
        (user(allow(URL_ACTION)), [function_grant()], True, True),
        (user(BOTH, allow(URL_ACTION, effect="Deny")), grants(USER_ARN), False, False),
        (user(BOTH, allow(FUNCTION_ACTION, effect="Deny")), [], False, False),
        (user(BOTH), [url_grant(effect="Deny", principal={"AWS": USER_ARN}, auth_type="AWS_IAM")], False, False),
        (user(), grants(USER_ARN), True, True),
        (user(), grants(ROLE_ARN), False, False),
        (user(), grants(f"arn:aws:iam::{ACCOUNT}:root"), False, False),
        (user(), grants([f"arn:aws:iam::{ACCOUNT}:root", user().arn]), True, True),
        (user(), [url_grant(), function_grant()], False, False),
        (user(), [url_grant(auth_type="AWS_IAM"), function_grant()], True, True),
        (user(None), [], False, False),
        (session(BOTH), [], True, True),
        (session(), grants(ROLE_ARN), True, True),
        (session(), grants(SESSION_ARN), True, True),
        (session(), grants(SESSION_ARN[:-1] + "t"), False, False),
        (session(BOTH, limits=((allow("s3:*"),),)), [], False, False),
        (session(BOTH, limits=((BOTH,), (None,))), [], False, False),
        (session(BOTH, limits=((BOTH,), (allow("*"),))), [], True, True),
        (session(BOTH, limits=((allow(URL_ACTION),),)), [], True, False),
        (session(limits=((allow("s3:*"),),)), grants(ROLE_ARN), False, False),
        (session(limits=((allow("s3:*"),),)), grants(SESSION_ARN), True, True),
        (session(limits=((allow("*"),),)), grants(ROLE_ARN), True, True),
        (session(limits=((allow("*", effect="Deny"),),)), grants(SESSION_ARN), False, False),
        (replace(session(), policies=None), [], True, True),
        # From another account.
        (user(BOTH, account_id=OTHER), [], False, False),
        (user(account_id=OTHER), grants(OTHER), False, False),
        (user(BOTH, account_id=OTHER), grants(OTHER), True, True),
        (user(allow(URL_ACTION), account_id=OTHER), grants(OTHER), True, False),
        (user(BOTH, account_id=OTHER), grants(OTHER)[:1], True, False),
        (user(BOTH, account_id=OTHER), grants(ACCOUNT), False, False),
        (user(BOTH, account_id=OTHER), [IAM_GRANT, function_grant()], True, True),
        (session(BOTH, account_id=OTHER, limits=((allow("s3:*"),),)), grants(OTHER), False, False),
        (root_of(OTHER, "aws"), grants(f"arn:aws:iam::{OTHER}:root"), True, True),
        (root_of(OTHER, "aws"), [], False, False),
        # Conditions on the caller.
        (user(allow("*", Condition={"StringEquals": {"aws:username": "ann"}})), [], True, True),
        (
            user(allow("*", Condition={"StringEquals": {"aws:PrincipalTag/TEAM": "a"}}), tags={"Team": "a"}),
            [],
            True,
            True,
        ),
        (user(allow("*", Condition={"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}})), [], False, False),
        (
            user(organization_id="o-1"),
            [{**IAM_GRANT, "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}}],
            True,
            False,
        ),
        (user(), [{**IAM_GRANT, "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}}], False, False),
        (session(), [{**IAM_GRANT, "Condition": {"ArnLike": {"aws:PrincipalArn": ROLE_ARN}}}], True, False),
        (session(allow("*", Condition={"Bool": {"aws:MultiFactorAuthPresent": "false"}})), [], True, True),
        (user(allow("*", Condition={"Bool": {"aws:MultiFactorAuthPresent": "false"}})), [], False, False),
        (session(allow("*", Condition={"StringLike": {"aws:userid": "AROAX:*"}})), [], True, True),
    ],
)
def test_signed_url(identity: Identity, statements: list[Any], standard: bool, strict: bool) -> None:
    caller = identity.as_caller("AK")
    assert ask(*statements, mode="standard", config=SIGNED, identity=identity) == (caller if standard else REFUSED)
    assert ask(*statements, mode="strict", config=SIGNED, identity=identity) == (caller if strict else REFUSED)
    assert ask(*statements, mode="off", config=SIGNED, identity=identity) == caller


def test_signature_of_a_public_url_is_not_looked_at() -> None:
    request = make_request(headers=(("Authorization", "AWS4-HMAC-SHA256 nonsense"),))
    assert ask(url_grant(), function_grant(), mode="strict", request=request) is None


def message(*statements: Any, **arguments: Any) -> str:
    with pytest.warns(FunctionUrlPermissionWarning) as caught:
        ask(*statements, warned=set(), **arguments)
    assert len(caught) == 1
    return str(caught[0].message)


CLIENT = "client = boto3.client('lambda', region_name='us-east-1')"
PUBLIC_URL_CALL = (
    "client.add_permission(FunctionName='f', StatementId='FunctionURLAllowPublicAccess', "
    "Action='lambda:InvokeFunctionUrl', Principal='*', FunctionUrlAuthType='NONE')"
)
PUBLIC_FUNCTION_CALL = (
    "client.add_permission(FunctionName='f', StatementId='FunctionURLInvokeAllowPublicAccess', "
    "Action='lambda:InvokeFunction', Principal='*', InvokedViaFunctionUrl=True)"
)


def test_warning_of_both_grants() -> None:
    grants = "lambda:InvokeFunctionUrl and none of lambda:InvokeFunction"
    what = f"The public has no grant of {grants} for https://{HOST}/ (auth type NONE). AWS wants both grants."
    for mode in ("standard", "strict"):
        assert message(mode=mode).splitlines() == [
            f"{what} The call was refused.",
            "Add what is missing:",
            CLIENT,
            PUBLIC_URL_CALL,
            PUBLIC_FUNCTION_CALL,
        ]


def test_warning_of_the_second_grant() -> None:
    grants = "lambda:InvokeFunction, but one of lambda:InvokeFunctionUrl"
    what = f"The public has no grant of {grants} for https://{HOST}/ (auth type NONE). AWS wants both grants."
    fix = ["Add what is missing:", CLIENT, PUBLIC_FUNCTION_CALL]
    passed = f"{what} AWS refuses this since October 2025."
    assert message(url_grant(), mode="standard").splitlines() == [passed, *fix]
    assert message(url_grant(), mode="strict").splitlines() == [f"{what} The call was refused.", *fix]


def test_warning_for_an_alias_and_a_taken_statement_id() -> None:
    config = make_url_config(qualifier="live")
    taken = url_grant(Sid="FunctionURLInvokeAllowPublicAccess", Resource=f"{ARN}:live")
    call = PUBLIC_FUNCTION_CALL.replace("'f', ", "'f', Qualifier='live', ").replace("PublicAccess'", "PublicAccess2'")
    assert message(taken, mode="standard", config=config).splitlines()[2:] == [CLIENT, call]


def test_warning_for_a_user() -> None:
    calls = [
        each.replace("Public", "").replace("'*'", f"'{USER_ARN}'").replace("'NONE'", "'AWS_IAM'")
        for each in (PUBLIC_URL_CALL, PUBLIC_FUNCTION_CALL)
    ]
    assert message(mode="standard", config=SIGNED, identity=user()).splitlines()[2:] == [CLIENT, *calls]


def test_warning_across_accounts() -> None:
    told = message(*grants(OTHER), mode="standard", config=SIGNED, identity=user(account_id=OTHER)).splitlines()
    granted = {"Effect": "Allow", "Action": [URL_ACTION, FUNCTION_ACTION], "Resource": ARN}
    document = json.dumps({"Version": "2012-10-17", "Statement": [granted]})
    assert "\n".join(told[1:]) == (
        "Add what is missing:\n"
        "sts = boto3.client('sts', region_name='us-east-1')\n"
        f"key = sts.assume_role(RoleArn='arn:aws:iam::{OTHER}:role/admin', RoleSessionName='moto-lambda-urls')"
        "['Credentials']  # of that account\n"
        "iam = boto3.client('iam', region_name='us-east-1', aws_access_key_id=key['AccessKeyId'], "
        "aws_secret_access_key=key['SecretAccessKey'], aws_session_token=key['SessionToken'])\n"
        f"iam.put_user_policy(UserName='ann', PolicyName='FunctionURLAllowAccess', PolicyDocument={document!r})"
    )


CLIENT = "client = boto3.client('lambda', region_name='us-east-1')"


@pytest.mark.parametrize(
    ("statement", "identity", "by", "cure"),
    [
        (
            url_grant(effect="Deny"),
            None,
            "the statement 'u' of the function's policy",
            f"{CLIENT}\nclient.remove_permission(FunctionName='f', StatementId='u')",
        ),
        (
            url_grant(effect="Deny", Sid=None),
            None,
            "a statement without a Sid of the function's policy",
            "# a statement without a Sid of the function's policy denies it, and no call takes that away",
        ),
        (url_grant(), user(allow(URL_ACTION, effect="Deny")), "an explicit Deny", ""),
    ],
    ids=["statement", "no id", "kept nowhere"],
)
def test_what_denies_and_what_takes_it_away(statement: Any, identity: Identity | None, by: str, cure: str) -> None:
    with pytest.raises(Refused) as caught:
        authorize(
            make_request() if identity is None else signed_request(),
            ANYBODY if identity is None else SIGNED,
            resource_policy={"Statement": [statement]},
            authorization="strict",
            callers=Knows(identity or root_of(ACCOUNT, "aws")),
            now=datetime.now(timezone.utc),
            warned=set(),
        )
    who = "the public" if identity is None else identity.arn
    assert caught.value.refusal.reason == f"{who} is denied {URL_ACTION} by {by}"
    assert caught.value.refusal.cure == cure


def test_one_warning_a_url() -> None:
    warned: set[str] = set()
    other = make_url_config(url_id="other")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert ask(mode="standard", warned=warned) == REFUSED
        assert ask(url_grant(), mode="standard", warned=warned) is None
        assert ask(url_grant(), mode="standard", warned=warned, config=other) is None
    assert [each.category for each in caught] == [FunctionUrlPermissionWarning] * 2
    assert warned == {f"https://{HOST}/", other.url}


@pytest.mark.parametrize(
    ("mode", "statements"),
    [
        ("strict", [url_grant(), function_grant()]),
        ("standard", [url_grant(), function_grant()]),
        # There no grant helps.
        ("standard", [url_grant(effect="Deny")]),
        ("off", []),
    ],
)
def test_no_warning(mode: Authorization, statements: list[Any]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ask(*statements, mode=mode, warned=set())


@pytest.mark.parametrize("policy", [None, {}, {"Statement": None}, {"Statement": [7]}, {"Statement": "Allow"}])
def test_malformed_resource_policy(policy: Any) -> None:
    assert ask(mode="standard", policy=policy) == REFUSED


@given(
    policy=st.dictionaries(
        st.sampled_from(["Version", "Statement"]),
        st.one_of(
            st.text(), st.lists(st.dictionaries(st.sampled_from(["Sid", "Effect", "Principal"]), st.lists(st.none())))
        ),
    ),
    mode=st.sampled_from(["standard", "strict"]),
    agent=st.text(st.characters(max_codepoint=255)),
)
def test_any_resource_policy(policy: dict[str, Any], mode: Authorization, agent: str) -> None:
    request = make_request(headers=(("User-Agent", agent), ("Referer", agent)), source_ip=agent)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert ask(mode=mode, policy=policy, request=request, warned=set()) == REFUSED
