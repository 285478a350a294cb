"""AddPermission, RemovePermission and GetPolicy, through boto3."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from support.builders import answer, raw_client

from moto_lambda_urls.control.models import backend_of
from moto_lambda_urls.messages.service_model import operation_model

ACCOUNT = "123456789012"
ARN = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:fn"
PUBLIC = {
    "StatementId": "public",
    "Action": "lambda:InvokeFunctionUrl",
    "Principal": "*",
    "FunctionUrlAuthType": "NONE",
}
ADD_PERMISSION: Any = operation_model("AddPermission").input_shape
QUALIFIER_PATTERN = ADD_PERMISSION.members["Qualifier"].metadata["pattern"]
OWNERS_STALE = (
    "PreconditionFailedException",
    (
        "The Revision Id provided does not match the latest Revision Id. "
        "Call the GetFunction/GetAlias API to retrieve the latest Revision Id"
    ),
    412,
)
NOT_THERE = ("ResourceNotFoundException", "The resource you requested does not exist.", 404)
NO_POLICY = ("ResourceNotFoundException", "No policy is associated with the given resource.", 404)
STALE = (
    "PreconditionFailedException",
    (
        "The Revision Id provided does not match the latest Revision Id. "
        "Call the GetPolicy API to retrieve the latest Revision Id"
    ),
    412,
)


def grant(**changed: Any) -> dict[str, Any]:
    return {"FunctionName": "fn", "StatementId": "s", "Action": "lambda:InvokeFunction", "Principal": "*", **changed}


def policy(client: Any, **target: Any) -> dict[str, Any]:
    return json.loads(client.get_policy(FunctionName="fn", **target)["Policy"])


def test_the_statement_of_a_public_url(aws_lambda: Any, fn: str) -> None:
    added = aws_lambda.add_permission(FunctionName=fn, **PUBLIC)
    assert added["ResponseMetadata"]["HTTPStatusCode"] == 201
    assert added["Statement"] == (
        '{"Sid":"public","Effect":"Allow","Principal":"*","Action":"lambda:InvokeFunctionUrl",'
        f'"Resource":"{ARN}","Condition":{{"StringEquals":{{"lambda:FunctionUrlAuthType":"NONE"}}}}}}'
    )
    read = aws_lambda.get_policy(FunctionName=fn)
    assert read["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert read["Policy"] == f'{{"Version":"2012-10-17","Id":"default","Statement":[{added["Statement"]}]}}'
    assert len(read["RevisionId"]) == 36


def test_all_conditions_at_once(aws_lambda: Any, fn: str) -> None:
    added = aws_lambda.add_permission(
        FunctionName=fn,
        StatementId="all",
        Action="lambda:InvokeFunctionUrl",
        Principal="lambda.amazonaws.com",
        SourceArn="arn:aws:s3:::bucket",
        SourceAccount="111122223333",
        FunctionUrlAuthType="AWS_IAM",
        PrincipalOrgID="o-1234567890",
        EventSourceToken="token",
    )
    assert json.loads(added["Statement"]) == {
        "Sid": "all",
        "Effect": "Allow",
        "Principal": {"Service": "lambda.amazonaws.com"},
        "Action": "lambda:InvokeFunctionUrl",
        "Resource": ARN,
        "Condition": {
            "StringEquals": {
                "AWS:SourceAccount": "111122223333",
                "lambda:FunctionUrlAuthType": "AWS_IAM",
                "aws:PrincipalOrgID": "o-1234567890",
                "lambda:EventSourceToken": "token",
            },
            "ArnLike": {"AWS:SourceArn": "arn:aws:s3:::bucket"},
        },
    }


@pytest.mark.parametrize(("via_url", "text"), [(True, "true"), (False, "false")])
def test_invoked_via_function_url(aws_lambda: Any, fn: str, via_url: bool, text: str) -> None:
    added = aws_lambda.add_permission(**grant(InvokedViaFunctionUrl=via_url))
    assert json.loads(added["Statement"])["Condition"] == {"Bool": {"lambda:InvokedViaFunctionUrl": text}}


@pytest.mark.parametrize(
    ("principal", "stored"),
    [
        ("*", "*"),
        ("111122223333", {"AWS": "arn:aws:iam::111122223333:root"}),
        ("arn:aws:iam::111122223333:user/ann", {"AWS": "arn:aws:iam::111122223333:user/ann"}),
        ("arn:aws:iam::111122223333:root", {"AWS": "arn:aws:iam::111122223333:root"}),
        ("s3.amazonaws.com", {"Service": "s3.amazonaws.com"}),
        ("elasticmapreduce.amazonaws.com.cn", {"Service": "elasticmapreduce.amazonaws.com.cn"}),
        ("alexa-appkit.amazon.com", {"Service": "alexa-appkit.amazon.com"}),
    ],
)
def test_principals(aws_lambda: Any, fn: str, principal: str, stored: Any) -> None:
    added = aws_lambda.add_permission(**grant(Principal=principal))
    assert json.loads(added["Statement"]) == {
        "Sid": "s",
        "Effect": "Allow",
        "Principal": stored,
        "Action": "lambda:InvokeFunction",
        "Resource": ARN,
    }


@pytest.mark.parametrize("principal", ["someone", "12345678901", "1234567890123", "arn:aws:s3:::b", "s3.example.com"])
def test_other_principals_are_refused(aws_lambda: Any, fn: str, principal: str) -> None:
    assert answer(aws_lambda.add_permission, **grant(Principal=principal)) == (
        "InvalidParameterValueException",
        "The provided principal was invalid. Please check the principal and try again.",
        400,
    )
    assert answer(aws_lambda.get_policy, FunctionName=fn) == NOT_THERE


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        (
            {"FunctionUrlAuthType": "NONE"},
            "FunctionUrlAuthType is only supported for lambda:InvokeFunctionUrl action",
        ),
        (
            {"Action": "lambda:InvokeFunctionUrl", "InvokedViaFunctionUrl": True},
            "InvokedViaFunctionUrl is only supported for lambda:InvokeFunction action",
        ),
        (
            {"Action": "lambda:*", "InvokedViaFunctionUrl": False},
            "InvokedViaFunctionUrl is only supported for lambda:InvokeFunction action",
        ),
    ],
)
def test_a_url_parameter_with_another_action(
    aws_lambda: Any,
    fn: str,
    parameters: dict[str, Any],
    message: str,
) -> None:
    assert answer(aws_lambda.add_permission, **grant(**parameters)) == ("InvalidParameterValueException", message, 400)


@pytest.mark.in_process
def test_function_version_and_alias_have_policies_of_their_own(aws_lambda: Any, fn: str) -> None:
    targets: list[tuple[dict[str, str], str]] = [
        ({}, ARN),
        ({"Qualifier": "1"}, f"{ARN}:1"),
        ({"Qualifier": "live"}, f"{ARN}:live"),
    ]
    for target, _ in targets:
        assert answer(aws_lambda.get_policy, FunctionName=fn, **target) == NOT_THERE
        aws_lambda.add_permission(**grant(**target))
    for target, arn in targets:
        assert [each["Resource"] for each in policy(aws_lambda, **target)["Statement"]] == [arn]
    aws_lambda.remove_permission(FunctionName=fn, StatementId="s", Qualifier="1")
    assert answer(aws_lambda.get_policy, FunctionName=fn, Qualifier="1") == NOT_THERE
    assert [each["Resource"] for each in policy(aws_lambda)["Statement"]] == [ARN]
    backend = backend_of(ACCOUNT, "us-east-1")
    assert backend.resource_policy("fn", "live") == policy(aws_lambda, Qualifier="live")
    assert backend.resource_policy("fn", "1") is None


def test_a_new_version_starts_without_a_policy(aws_lambda: Any, fn: str) -> None:
    aws_lambda.add_permission(**grant())
    before = aws_lambda.get_policy(FunctionName=fn)["RevisionId"]
    aws_lambda.update_function_configuration(FunctionName=fn, Timeout=9)
    version = aws_lambda.publish_version(FunctionName=fn)["Version"]
    assert answer(aws_lambda.get_policy, FunctionName=fn, Qualifier=version) == NOT_THERE
    assert aws_lambda.get_policy(FunctionName=fn)["RevisionId"] == before


@pytest.mark.in_process
def test_deleting_a_version_deletes_its_policy(aws_lambda: Any, fn: str) -> None:
    aws_lambda.update_function_configuration(FunctionName=fn, Timeout=9)
    version = aws_lambda.publish_version(FunctionName=fn)["Version"]
    for qualifier in ("1", version):
        aws_lambda.add_permission(**grant(Qualifier=qualifier))
    aws_lambda.delete_function(FunctionName=fn, Qualifier=version)
    backend = backend_of(ACCOUNT, "us-east-1")
    assert backend.resource_policy("fn", version) is None
    assert backend.resource_policy("fn", "1") == policy(aws_lambda, Qualifier="1")


@pytest.mark.parametrize("name", ["fn:live", f"{ARN}:live", f"{ACCOUNT}:function:fn:live"])
def test_names_that_carry_the_alias(aws_lambda: Any, fn: str, name: str) -> None:
    aws_lambda.add_permission(**grant(FunctionName=name))
    assert policy(aws_lambda, Qualifier="live")["Statement"][0]["Resource"] == f"{ARN}:live"
    assert json.loads(aws_lambda.get_policy(FunctionName=name)["Policy"]) == policy(aws_lambda, Qualifier="live")
    aws_lambda.remove_permission(FunctionName=name, StatementId="s")
    assert answer(aws_lambda.get_policy, FunctionName=fn, Qualifier="live") == NOT_THERE


def test_latest_has_no_policy_of_its_own(aws_lambda: Any, fn: str) -> None:
    for target in (
        {"Qualifier": "$LATEST"},
        {"FunctionName": "fn:$LATEST"},
        {"FunctionName": "no", "Qualifier": "$LATEST"},
    ):
        assert answer(aws_lambda.add_permission, **grant(**target)) == (
            "InvalidParameterValueException",
            "We currently do not support adding policies for $LATEST.",
            400,
        )
    aws_lambda.add_permission(**grant())
    assert policy(aws_lambda, Qualifier="$LATEST") == policy(aws_lambda)
    aws_lambda.remove_permission(FunctionName=fn, StatementId="s", Qualifier="$LATEST")
    assert answer(aws_lambda.get_policy, FunctionName=fn) == NOT_THERE


def test_a_statement_id_is_taken_once_for_each_policy(aws_lambda: Any, fn: str) -> None:
    aws_lambda.add_permission(**grant(StatementId="s3"))
    aws_lambda.add_permission(**grant(StatementId="s3", Qualifier="live"))
    assert answer(aws_lambda.add_permission, **grant(StatementId="s3")) == (
        "ResourceConflictException",
        (
            "The statement id (s3) provided already exists. Please provide a new statement id, or remove the existing "
            "statement."
        ),
        409,
    )
    assert len(policy(aws_lambda)["Statement"]) == 1


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ({"FunctionName": "no"}, f"Function not found: {ARN[:-2]}no"),
        ({"FunctionName": "no", "Qualifier": "live"}, f"Function not found: {ARN[:-2]}no"),
        ({"Qualifier": "42"}, f"Function not found: {ARN}:42"),
        ({"Qualifier": "a$b"}, f"Function not found: {ARN}:a$b"),
        ({"Qualifier": "beta"}, f"Cannot find alias arn: {ARN}:beta"),
    ],
)
def test_adding_to_what_is_missing(aws_lambda: Any, fn: str, target: dict[str, str], message: str) -> None:
    assert answer(aws_lambda.add_permission, **grant(**target)) == ("ResourceNotFoundException", message, 404)


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ({"FunctionName": "no"}, NOT_THERE[1]),
        ({"Qualifier": "42"}, NOT_THERE[1]),
        ({"Qualifier": "beta"}, NOT_THERE[1]),
    ],
)
def test_reading_what_is_missing(aws_lambda: Any, fn: str, target: dict[str, str], message: str) -> None:
    target = {"FunctionName": fn, **target}
    assert answer(aws_lambda.get_policy, **target) == ("ResourceNotFoundException", message, 404)


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ({"FunctionName": "no"}, f"No policy found for: {ARN[:-2]}no"),
        ({"Qualifier": "42"}, f"Function not found: {ARN}:42"),
        ({"Qualifier": "beta"}, f"Cannot find alias arn: {ARN}:beta"),
        ({}, "No policy is associated with the given resource."),
        ({"Qualifier": "live"}, "Statement s is not found in resource policy."),
    ],
)
def test_removing_what_is_missing(aws_lambda: Any, fn: str, target: dict[str, str], message: str) -> None:
    aws_lambda.add_permission(**grant(StatementId="other", Qualifier="live"))
    target = {"FunctionName": fn, "StatementId": "s", **target}
    assert answer(aws_lambda.remove_permission, **target) == ("ResourceNotFoundException", message, 404)


def test_removing_the_last_statement_removes_the_policy(aws_lambda: Any, fn: str) -> None:
    for statement_id in ("a", "b"):
        aws_lambda.add_permission(**grant(StatementId=statement_id))
    removed = aws_lambda.remove_permission(FunctionName=fn, StatementId="a")
    assert removed["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert [each["Sid"] for each in policy(aws_lambda)["Statement"]] == ["b"]
    aws_lambda.remove_permission(FunctionName=fn, StatementId="b")
    assert answer(aws_lambda.get_policy, FunctionName=fn) == NOT_THERE
    assert answer(aws_lambda.remove_permission, FunctionName=fn, StatementId="b") == NO_POLICY


def test_revision_ids(aws_lambda: Any, fn: str) -> None:
    aws_lambda.add_permission(**grant(StatementId="a"))
    first = aws_lambda.get_policy(FunctionName=fn)["RevisionId"]
    assert aws_lambda.get_policy(FunctionName=fn)["RevisionId"] == first
    aws_lambda.add_permission(**grant(StatementId="b", RevisionId=first))
    second = aws_lambda.get_policy(FunctionName=fn)["RevisionId"]
    assert second != first
    assert answer(aws_lambda.add_permission, **grant(StatementId="c", RevisionId=first)) == STALE
    assert answer(aws_lambda.remove_permission, FunctionName=fn, StatementId="a", RevisionId=first) == OWNERS_STALE
    assert aws_lambda.get_policy(FunctionName=fn)["RevisionId"] == second
    aws_lambda.remove_permission(FunctionName=fn, StatementId="a", RevisionId=second)
    third = aws_lambda.get_policy(FunctionName=fn)["RevisionId"]
    assert third not in (first, second)


def test_the_owners_revision_id_is_accepted_while_there_is_no_policy(aws_lambda: Any, fn: str) -> None:
    function = aws_lambda.get_function_configuration(FunctionName=fn)["RevisionId"]
    version = aws_lambda.get_function_configuration(FunctionName=fn, Qualifier="1")["RevisionId"]
    alias = aws_lambda.get_alias(FunctionName=fn, Name="live")["RevisionId"]
    assert len({function, version, alias}) == 3
    for qualifier, revision_id, other in (({}, function, version), ({"Qualifier": "1"}, version, alias)):
        assert answer(aws_lambda.add_permission, **grant(RevisionId=other, **qualifier)) == OWNERS_STALE
        aws_lambda.add_permission(**grant(RevisionId=revision_id, **qualifier))
    assert answer(aws_lambda.add_permission, **grant(Qualifier="live", RevisionId=function)) == OWNERS_STALE
    aws_lambda.add_permission(**grant(Qualifier="live", RevisionId=alias))
    assert answer(aws_lambda.add_permission, **grant(StatementId="b", RevisionId=function)) == STALE


def test_a_function_keeps_its_revision_id_until_it_changes(aws_lambda: Any, fn: str) -> None:
    first = aws_lambda.get_function(FunctionName=fn)["Configuration"]["RevisionId"]
    aws_lambda.add_permission(**grant())
    assert aws_lambda.get_function_configuration(FunctionName=fn)["RevisionId"] == first
    assert aws_lambda.update_function_configuration(FunctionName=fn, Timeout=4)["RevisionId"] != first


def test_a_policy_that_grows_too_large(aws_lambda: Any, fn: str) -> None:
    source = "arn:aws:s3:::" + "b" * 9000
    for statement_id in ("a", "b"):
        aws_lambda.add_permission(**grant(StatementId=statement_id, SourceArn=source))
    code, message, status = answer(aws_lambda.add_permission, **grant(StatementId="c", SourceArn=source))
    stored = aws_lambda.get_policy(FunctionName=fn)["Policy"]
    size = len(stored) + (len(stored) - len('{"Version":"2012-10-17","Id":"default","Statement":[]}') - 1) // 2 + 1
    assert (code, message, status) == (
        "PolicyLengthExceededException",
        f"The final policy size ({size}) is bigger than the limit (20480).",
        400,
    )
    assert len(policy(aws_lambda)["Statement"]) == 2


@pytest.mark.parametrize(
    ("parameters", "violation"),
    [
        (
            {"StatementId": "example.com"},
            (
                "Value 'example.com' at 'statementId' failed to satisfy constraint: "
                "Member must satisfy regular expression pattern: ([a-zA-Z0-9-_]+)"
            ),
        ),
        (
            {"Qualifier": "a.b"},
            (
                "Value 'a.b' at 'qualifier' failed to satisfy constraint: "
                "Member must satisfy regular expression pattern: " + QUALIFIER_PATTERN
            ),
        ),
        (
            {"Action": "InvokeFunction"},
            (
                "Value 'InvokeFunction' at 'action' failed to satisfy constraint: "
                "Member must satisfy regular expression pattern: (lambda:[*]|lambda:[a-zA-Z]+|[*])"
            ),
        ),
        (
            {"FunctionUrlAuthType": "BASIC"},
            (
                "Value 'BASIC' at 'functionUrlAuthType' failed to satisfy constraint: "
                "Member must satisfy enum value set: [NONE, AWS_IAM]"
            ),
        ),
        (
            {"Principal": None},
            "Value null at 'principal' failed to satisfy constraint: Member must not be null",
        ),
        (
            {"StatementId": ""},
            (
                "Value '' at 'statementId' failed to satisfy constraint: Member must have length greater "
                "than or equal to 1"
                "; Value '' at 'statementId' failed to satisfy constraint: "
                "Member must satisfy regular expression pattern: ([a-zA-Z0-9-_]+)"
            ),
        ),
    ],
)
def test_malformed_parameters(mock: Any, parameters: dict[str, Any], violation: str) -> None:
    count = "2 validation errors" if "; " in violation else "1 validation error"
    assert answer(raw_client().add_permission, **grant(**parameters)) == (
        "ValidationException",
        f"{count} detected: {violation}",
        400,
    )


def test_two_qualifiers_that_differ(aws_lambda: Any, fn: str) -> None:
    refusal = (
        "InvalidParameterValueException",
        "The derived qualifier from the function name does not match the specified qualifier.",
        400,
    )
    target = {"FunctionName": "fn:live", "Qualifier": "1"}
    assert answer(aws_lambda.add_permission, **grant(**target)) == refusal
    assert answer(aws_lambda.get_policy, **target) == refusal
    assert answer(aws_lambda.remove_permission, StatementId="s", **target) == refusal


def test_an_arn_of_another_region(aws_lambda: Any, fn: str) -> None:
    target = {"FunctionName": ARN.replace("us-east-1", "eu-west-1")}
    refusal = (
        "ResourceNotFoundException",
        "Functions from 'eu-west-1' are not reachable in this region ('us-east-1')",
        404,
    )
    assert answer(aws_lambda.add_permission, **grant(**target)) == refusal
    assert answer(aws_lambda.get_policy, **target) == refusal
    assert answer(aws_lambda.remove_permission, StatementId="s", **target) == refusal


def test_a_permission_of_a_template(aws_lambda: Any, fn: str) -> None:
    permission = {
        "Type": "AWS::Lambda::Permission",
        "Properties": {
            "FunctionName": f"{ARN}:live",
            "Action": "lambda:InvokeFunctionUrl",
            "Principal": "*",
            "FunctionUrlAuthType": "NONE",
        },
    }
    template = json.dumps({"Resources": {"Grant": permission}})
    boto3.client("cloudformation").create_stack(StackName="stack", TemplateBody=template)
    (statement,) = policy(aws_lambda, Qualifier="live")["Statement"]
    assert statement == {
        "Sid": statement["Sid"],
        "Effect": "Allow",
        "Principal": "*",
        "Action": "lambda:InvokeFunctionUrl",
        "Resource": f"{ARN}:live",
        "Condition": {"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}},
    }
    assert answer(aws_lambda.get_policy, FunctionName="fn") == NOT_THERE
