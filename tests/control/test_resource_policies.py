"""A policy document tells once what no request can change."""

from __future__ import annotations

from typing import Any

import pytest
from support.builders import make_url_config

from moto_lambda_urls.control.resource_policies import PolicyDocument
from moto_lambda_urls.gateway.auth.grants import is_open

ARN = "arn:aws:lambda:us-east-1:123456789012:function:f"
KEYS = frozenset({"lambda:functionurlauthtype"})


def grant(action: str = "lambda:*", **fields: Any) -> dict[str, Any]:
    return {"Sid": "a", "Effect": "Allow", "Principal": "*", "Action": action, "Resource": ARN, **fields}


def document(*statements: dict[str, Any]) -> PolicyDocument:
    return PolicyDocument({"Version": "2012-10-17", "Statement": list(statements)})


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, True),
        ({"Condition": {"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}}}, True),
        ({"Condition": {"IpAddress": {"aws:SourceIp": "127.0.0.1"}}}, False),
        ({"Condition": {"StringEquals": "lambda:FunctionUrlAuthType"}}, False),
        ({"Condition": ["StringEquals"]}, False),
        ({"Resource": "arn:aws:lambda:*:*:function:${aws:username}"}, False),
    ],
)
def test_what_a_document_reads(fields: dict[str, Any], expected: bool) -> None:
    assert document(grant(**fields)).reads_only(KEYS) is expected


def test_open_url() -> None:
    assert is_open(make_url_config(), document(grant()))


def test_url_with_one_grant() -> None:
    assert not is_open(make_url_config(), document(grant("lambda:InvokeFunctionUrl")))


def test_url_that_is_denied_to_some() -> None:
    deny = {**grant(), "Effect": "Deny", "Condition": {"IpAddress": {"aws:SourceIp": "192.0.2.1"}}}
    assert not is_open(make_url_config(), document(grant(), deny))


def test_other_documents_are_asked_each_time() -> None:
    assert not is_open(make_url_config(), dict(document(grant())))
