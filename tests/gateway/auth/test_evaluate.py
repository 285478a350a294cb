"""What policies grant and deny."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moto_lambda_urls.gateway.auth.evaluate import ANONYMOUS, Decision, Principal, evaluate

pytestmark = pytest.mark.in_process

ACTION = "lambda:InvokeFunctionUrl"
ARN = "arn:aws:lambda:us-east-1:123456789012:function:f"
ALLOW, DENY, NONE = Decision.ALLOW, Decision.DENY, Decision.NONE
ACCOUNT = "123456789012"
USER = Principal(account_id=ACCOUNT, arns=(f"arn:aws:iam::{ACCOUNT}:user/ann",), unique_ids=("AIDAX",))
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/path/r"
SESSION_ARN = f"arn:aws:sts::{ACCOUNT}:assumed-role/r/s"
SESSION = Principal(account_id=ACCOUNT, arns=(ROLE_ARN, SESSION_ARN), unique_ids=("AROAX:s", "AROAX"))
ROOT_ARN = f"arn:aws:iam::{ACCOUNT}:root"
CONTEXT = {
    "lambda:functionurlauthtype": "NONE",
    "aws:sourceip": "203.0.113.7",
    "aws:principalarn": ROLE_ARN,
    "aws:username": "ann",
    "aws:securetransport": "true",
    "aws:currenttime": "2026-11-21T09:00:00Z",
    "aws:epochtime": "1795251600",
    "aws:useragent": "curl/8",
    "aws:principaltag/team": "a*",
    "aws:calledvia": ["athena.amazonaws.com", "cloudformation.amazonaws.com"],
}


def statement(**fields: Any) -> dict[str, Any]:
    """A statement that grants the call to everybody, but for ``fields``; None leaves an element out."""
    base = {"Effect": "Allow", "Principal": "*", "Action": ACTION, "Resource": ARN, **fields}
    return {name: value for name, value in base.items() if value is not None}


def decide(*statements: Any, principal: Principal | None = ANONYMOUS, context: Any = None, **fields: Any) -> Decision:
    policy = {"Version": "2012-10-17", "Id": "default", "Statement": list(statements), **fields}
    return evaluate(
        policy, action=ACTION, resource=ARN, principal=principal, context=CONTEXT if context is None else context
    )


def test_decisions() -> None:
    assert decide() is NONE
    assert decide(statement()) is ALLOW
    assert decide(statement(Effect="Deny")) is DENY
    assert decide(statement(), statement(Effect="Deny")) is DENY
    assert decide(statement(Effect="Deny"), statement()) is DENY
    assert decide(statement(), statement(Effect="Deny", Action="s3:*")) is ALLOW
    assert decide(Statement=statement()) is ALLOW


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        (ACTION, ALLOW),
        ("LAMBDA:invokefunctionURL", ALLOW),
        ("lambda:Invoke*", ALLOW),
        ("lambda:InvokeFunction???", ALLOW),
        ("lambda:InvokeFunction??", NONE),
        ("*", ALLOW),
        ("lambda:*", ALLOW),
        (["s3:GetObject", ACTION], ALLOW),
        ("lambda:InvokeFunction", NONE),
        ("lambda:Invoke[F]unctionUrl", NONE),
        ([], NONE),
        (7, NONE),
    ],
)
def test_action(action: Any, expected: Decision) -> None:
    assert decide(statement(Action=action)) is expected


@pytest.mark.parametrize(
    ("action", "expected"), [("s3:*", ALLOW), (["s3:*", "iam:*"], ALLOW), ("lambda:*", NONE), ([], NONE), (None, NONE)]
)
def test_not_action(action: Any, expected: Decision) -> None:
    assert decide(statement(Action=None, NotAction=action)) is expected


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        (ARN, ALLOW),
        (f"{ARN}*", ALLOW),
        (f"{ARN}:*", NONE),
        (f"{ARN}:live", NONE),
        ("*", ALLOW),
        ("arn:aws:lambda:*:*:function:?", ALLOW),
        (["arn:aws:s3:::b", ARN], ALLOW),
        (ARN.upper(), NONE),
        ("arn:aws:lambda:us-east-1:123456789012:function:[f]", NONE),
        (None, NONE),
        ({}, NONE),
    ],
)
def test_resource(resource: Any, expected: Decision) -> None:
    assert decide(statement(Resource=resource)) is expected


def test_resource_with_a_qualifier() -> None:
    def ask(resource: str) -> Decision:
        policy = {"Statement": statement(Resource=resource)}
        return evaluate(policy, action=ACTION, resource=f"{ARN}:live", principal=ANONYMOUS, context=CONTEXT)

    assert ask(f"{ARN}:live") is ALLOW
    assert ask(f"{ARN}:*") is ALLOW
    assert ask(ARN) is NONE


def test_not_resource() -> None:
    assert decide(statement(Resource=None, NotResource="arn:aws:s3:::*")) is ALLOW
    assert decide(statement(Resource=None, NotResource=ARN)) is NONE
    assert decide(statement(NotResource="arn:aws:s3:::*")) is NONE
    assert decide(statement(Resource=None, NotResource="${aws:nothing}")) is NONE


@pytest.mark.parametrize(
    ("named", "anonymous", "user", "session"),
    [
        ("*", ALLOW, ALLOW, ALLOW),
        ({"AWS": "*"}, ALLOW, ALLOW, ALLOW),
        ({"AWS": ACCOUNT}, NONE, ALLOW, ALLOW),
        ({"AWS": ROOT_ARN}, NONE, ALLOW, ALLOW),
        ({"AWS": "arn:aws-cn:iam::123456789012:root"}, NONE, ALLOW, ALLOW),
        ({"AWS": "arn:aws:iam::999999999999:root"}, NONE, NONE, NONE),
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:user/ann"}, NONE, ALLOW, NONE),
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:user/*"}, NONE, NONE, NONE),
        ({"AWS": ["x", ROLE_ARN]}, NONE, NONE, ALLOW),
        ({"AWS": SESSION_ARN}, NONE, NONE, ALLOW),
        ({"AWS": f"arn:aws:sts::{ACCOUNT}:assumed-role/r/other"}, NONE, NONE, NONE),
        ({"AWS": "AIDAX"}, NONE, ALLOW, NONE),
        ({"AWS": "AROAX"}, NONE, NONE, ALLOW),
        ({"Service": "events.amazonaws.com"}, NONE, NONE, NONE),
        ({"Service": "x", "AWS": ACCOUNT}, NONE, ALLOW, ALLOW),
        ({"Federated": "cognito-identity.amazonaws.com"}, NONE, NONE, NONE),
        ({"AWS": 123456789012}, NONE, NONE, NONE),
        ({}, NONE, NONE, NONE),
        (None, NONE, NONE, NONE),
        ("anybody", NONE, NONE, NONE),
        (["*"], NONE, NONE, NONE),
    ],
)
def test_principal(named: Any, anonymous: Decision, user: Decision, session: Decision) -> None:
    granted = statement(Principal=named)
    assert [decide(granted, principal=each) for each in (ANONYMOUS, USER, SESSION)] == [anonymous, user, session]


def test_service_principal() -> None:
    service = Principal(service="events.amazonaws.com")
    assert decide(statement(Principal={"Service": "events.amazonaws.com"}), principal=service) is ALLOW
    assert decide(statement(Principal={"AWS": ACCOUNT}), principal=service) is NONE


def test_not_principal() -> None:
    def deny(**fields: Any) -> dict[str, Any]:
        return statement(Effect="Deny", Principal=None, **fields)

    assert decide(statement(), deny(NotPrincipal={"AWS": ROLE_ARN}), principal=SESSION) is ALLOW
    assert decide(statement(), deny(NotPrincipal={"AWS": ROLE_ARN}), principal=USER) is DENY
    assert decide(statement(), deny(NotPrincipal={"AWS": ROLE_ARN})) is DENY
    assert decide(statement(), deny(NotPrincipal="*")) is ALLOW
    assert decide(statement(Principal=None, NotPrincipal={"AWS": 7})) is NONE
    assert decide(statement(NotPrincipal={"AWS": ROLE_ARN})) is NONE


def test_identity_policy() -> None:
    assert decide(statement(Principal=None), principal=None) is ALLOW
    assert decide(statement(), principal=None) is NONE
    assert decide(statement(Effect="Deny"), principal=None) is DENY


@pytest.mark.parametrize(
    ("condition", "is_met"),
    [
        ({}, True),
        ({"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}}, True),
        ({"StringEquals": {"LAMBDA:functionurlAUTHTYPE": ["AWS_IAM", "NONE"]}}, True),
        ({"StringEquals": {"lambda:FunctionUrlAuthType": "AWS_IAM"}}, False),
        ({"StringEquals": {"lambda:FunctionUrlAuthType": "none"}}, False),
        ({"StringEqualsIgnoreCase": {"lambda:FunctionUrlAuthType": "none"}}, True),
        ({"StringNotEquals": {"lambda:FunctionUrlAuthType": "AWS_IAM"}}, True),
        ({"StringNotEquals": {"lambda:FunctionUrlAuthType": ["AWS_IAM", "NONE"]}}, False),
        ({"StringNotEqualsIgnoreCase": {"lambda:FunctionUrlAuthType": "none"}}, False),
        ({"StringLike": {"aws:UserAgent": "curl/*"}}, True),
        ({"StringLike": {"aws:UserAgent": "CURL/*"}}, False),
        ({"StringNotLike": {"aws:UserAgent": "curl/?"}}, False),
        ({"StringEquals": {"aws:UserAgent": "curl/*"}}, False),
        ({"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/*"}}, True),
        ({"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::*:role/path/?"}}, True),
        ({"ArnLike": {"aws:PrincipalArn": "arn:*:role/path/r"}}, False),
        ({"ArnLike": {"aws:PrincipalArn": "*"}}, False),
        ({"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/*"}}, True),
        ({"ArnNotEquals": {"aws:PrincipalArn": ROLE_ARN}}, False),
        ({"Bool": {"aws:SecureTransport": "true"}}, True),
        ({"Bool": {"aws:SecureTransport": True}}, True),
        ({"Bool": {"aws:SecureTransport": "false"}}, False),
        ({"Null": {"aws:Referer": "true"}}, True),
        ({"Null": {"aws:Referer": False}}, False),
        ({"Null": {"aws:UserAgent": "false"}}, True),
        ({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, True),
        ({"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "203.0.113.7"]}}, True),
        ({"IpAddress": {"aws:SourceIp": "2001:db8::/32"}}, False),
        ({"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, False),
        ({"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, True),
        ({"NumericLessThan": {"aws:EpochTime": "1795251601"}}, True),
        ({"NumericLessThan": {"aws:EpochTime": 1795251600}}, False),
        ({"NumericLessThanEquals": {"aws:EpochTime": 1795251600}}, True),
        ({"NumericGreaterThan": {"aws:EpochTime": 1795251599.5}}, True),
        ({"NumericGreaterThanEquals": {"aws:EpochTime": 1795251601}}, False),
        ({"NumericEquals": {"aws:EpochTime": "1795251600.0"}}, True),
        ({"NumericNotEquals": {"aws:EpochTime": 1795251600}}, False),
        ({"NumericEquals": {"aws:UserAgent": 1}}, False),
        ({"DateGreaterThan": {"aws:CurrentTime": "2026-11-21T08:59:59Z"}}, True),
        ({"DateLessThan": {"aws:CurrentTime": "2026-11-21"}}, False),
        ({"DateLessThanEquals": {"aws:CurrentTime": "2026-11-21T10:00:00+01:00"}}, True),
        ({"DateGreaterThanEquals": {"aws:EpochTime": "2026-11-21T09:00:00Z"}}, True),
        ({"DateEquals": {"aws:CurrentTime": "1795251600"}}, True),
        ({"DateNotEquals": {"aws:CurrentTime": "2026-11-21T09:00:00Z"}}, False),
        # Keys that the request lacks.
        ({"StringEquals": {"aws:Referer": "x"}}, False),
        ({"StringNotEquals": {"aws:Referer": "x"}}, True),
        ({"StringEqualsIfExists": {"aws:Referer": "x"}}, True),
        ({"StringEqualsIfExists": {"aws:UserAgent": "x"}}, False),
        ({"NotIpAddressIfExists": {"aws:VpcSourceIp": "10.0.0.0/8"}}, True),
        ({"StringEquals": {"AWS:SourceAccount": ACCOUNT}}, False),
        ({"StringEquals": {"aws:PrincipalOrgID": "o-x"}}, False),
        ({"ForAllValues:StringEquals": {"aws:Referer": "x"}}, True),
        ({"ForAnyValue:StringEquals": {"aws:Referer": "x"}}, False),
        ({"ForAnyValue:StringNotEquals": {"aws:Referer": "x"}}, False),
        ({"ForAnyValue:StringEqualsIfExists": {"aws:Referer": "x"}}, True),
        # Keys with several values.
        ({"ForAnyValue:StringLike": {"aws:CalledVia": "athena*"}}, True),
        ({"ForAllValues:StringLike": {"aws:CalledVia": "athena*"}}, False),
        ({"ForAllValues:StringLike": {"aws:CalledVia": "*.amazonaws.com"}}, True),
        ({"ForAnyValue:StringNotLike": {"aws:CalledVia": "athena*"}}, True),
        ({"ForAllValues:StringNotLike": {"aws:CalledVia": "athena*"}}, False),
        # All operators and keys must hold.
        ({"StringEquals": {"aws:UserAgent": "curl/8"}, "Bool": {"aws:SecureTransport": "false"}}, False),
        ({"StringEquals": {"aws:UserAgent": "curl/8", "aws:username": "bob"}}, False),
        ({"StringEquals": {"aws:UserAgent": "curl/8", "aws:username": "ann"}}, True),
        # Variables.
        ({"StringEquals": {"aws:username": "${aws:username}"}}, True),
        ({"StringEquals": {"aws:username": "${AWS:UserName}x"}}, False),
        ({"StringLike": {"aws:UserAgent": "curl${*}8"}}, False),
        ({"StringEquals": {"aws:UserAgent": "${aws:Referer, 'curl/8'}"}}, True),
        ({"StringLike": {"aws:username": "${aws:PrincipalTag/team}"}}, False),
        ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/${aws:Referer,'path'}/r"}}, True),
    ],
)
def test_condition(condition: Any, is_met: bool) -> None:
    assert decide(statement(Condition=condition)) is (ALLOW if is_met else NONE)
    assert decide(statement(Condition=condition, Effect="Deny")) is (DENY if is_met else NONE)


@pytest.mark.parametrize(
    "condition",
    [
        {"StringSortOf": {"aws:UserAgent": "curl/8"}},
        {"ForSomeValues:StringEquals": {"aws:UserAgent": "curl/8"}},
        {"NullIfExists": {"aws:Referer": "true"}},
        {"StringEquals": {"s3:prefix": "x"}},
        {"StringNotEquals": {"s3:prefix": "x"}},
        {"StringEqualsIfExists": {"aws:Unheard": "x"}},
        {"Null": {"aws:Unheard": "true"}},
        {"Null": {"aws:Referer": "yes"}},
        {"Bool": {"aws:SecureTransport": "maybe"}},
        {"IpAddress": {"aws:SourceIp": "everywhere"}},
        {"NotIpAddress": {"aws:SourceIp": "10.0.0.0/99"}},
        {"NumericNotEquals": {"aws:EpochTime": "many"}},
        {"NumericLessThan": {"aws:EpochTime": "inf"}},
        {"DateNotEquals": {"aws:CurrentTime": "tomorrow"}},
        {"StringNotEquals": {"aws:UserAgent": []}},
        {"StringNotEquals": {"aws:UserAgent": {}}},
        {"StringNotEquals": {"aws:UserAgent": None}},
        {"StringNotEquals": {"aws:UserAgent": "${aws:Unheard}"}},
        {"StringEquals": "x"},
        {"StringEquals": {7: "x"}},
        {7: {}},
        [],
        "x",
        None,
    ],
)
def test_what_is_not_understood_never_grants_and_may_deny(condition: Any) -> None:
    allow = {**statement(), "Condition": condition}
    assert decide(allow) is NONE
    assert decide(statement(), {**allow, "Effect": "Deny"}) is DENY


def test_a_condition_that_is_not_met_settles_it() -> None:
    condition = {"Unheard": {"aws:UserAgent": "x"}, "StringEquals": {"aws:UserAgent": "other"}}
    assert decide(statement(), statement(Effect="Deny", Condition=condition)) is ALLOW


def test_variables_in_resources() -> None:
    context = {**CONTEXT, "aws:username": "f"}
    assert decide(statement(Resource=ARN[:-1] + "${aws:username}"), context=context) is ALLOW
    assert decide(statement(Resource=ARN[:-1] + "${aws:username}"), context={**context, "aws:username": "*"}) is NONE
    assert decide(statement(Resource=ARN[:-1] + "${aws:username}"), context=context, Version="2008-10-17") is NONE
    assert decide(statement(Resource="${aws:Unheard}*")) is NONE


def test_a_pattern_of_many_stars_ends() -> None:
    assert decide(statement(Resource="*a" * 40 + "b", Condition={"StringLike": {"aws:UserAgent": "*a" * 40}})) is NONE
    context = {**CONTEXT, "aws:useragent": "a" * 5_000}
    assert decide(statement(Condition={"StringLike": {"aws:UserAgent": "*a" * 40 + "b"}}), context=context) is NONE


JSON = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.sampled_from(["*", ACTION, ARN])
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)),
    max_leaves=8,
)
OPERATORS = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", "ForAllValues:", "ForAnyValue:"]),
    st.sampled_from(
        ["StringEquals", "StringNotLike", "ArnLike", "Bool", "Null", "NumericLessThan", "DateEquals", "IpAddress"]
    ),
    st.sampled_from(["", "IfExists"]),
)
KEYS = st.sampled_from(
    ["aws:SourceIp", "aws:Referer", "aws:UserAgent", "lambda:FunctionUrlAuthType", "aws:EpochTime", "x"]
)
VALUES = st.one_of(
    JSON, st.sampled_from(["NONE", "true", "${aws:username}", "${aws:Referer}", "10.0.0.0/8", "${*}", "${"])
)
CONDITIONS = st.one_of(JSON, st.dictionaries(OPERATORS, st.dictionaries(KEYS, VALUES, max_size=2), max_size=2))
STATEMENTS = st.one_of(
    JSON,
    st.fixed_dictionaries(
        {"Effect": st.sampled_from(["Allow", "Deny"])},
        optional={
            "Action": st.one_of(JSON, st.just(ACTION)),
            "NotAction": JSON,
            "Resource": st.one_of(JSON, st.just(ARN)),
            "NotResource": JSON,
            "Principal": st.one_of(JSON, st.just("*"), st.fixed_dictionaries({"AWS": JSON})),
            "NotPrincipal": JSON,
            "Condition": CONDITIONS,
        },
    ),
)
POLICIES = st.fixed_dictionaries(
    {"Statement": st.one_of(JSON, STATEMENTS, st.lists(STATEMENTS, max_size=4))},
    optional={"Version": st.sampled_from(["2012-10-17", "2008-10-17", None])},
)


@given(policy=st.one_of(JSON, POLICIES), principal=st.sampled_from([None, ANONYMOUS, USER, SESSION]))
def test_any_policy_gives_a_decision(policy: Any, principal: Principal | None) -> None:
    before = copy.deepcopy(policy)
    assert isinstance(evaluate(policy, action=ACTION, resource=ARN, principal=principal, context=CONTEXT), Decision)
    assert repr(policy) == repr(before)


@given(
    kept=st.lists(STATEMENTS, max_size=3),
    denied=STATEMENTS,
    at=st.integers(0, 3),
    principal=st.sampled_from([None, ANONYMOUS, USER, SESSION]),
)
def test_an_added_deny_never_grants_more(kept: list[Any], denied: Any, at: int, principal: Principal | None) -> None:
    deny = {**denied, "Effect": "Deny"} if isinstance(denied, dict) else denied
    for statements in (kept, [*kept, statement(), statement(Principal=None)]):
        before = decide(*statements, principal=principal)
        after = decide(*statements[:at], deny, *statements[at:], principal=principal)
        assert after is DENY or after is before
