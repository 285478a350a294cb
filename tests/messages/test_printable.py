from __future__ import annotations

import pytest

from moto_lambda_urls.messages.printable import is_secret, shown_authorization, shown_query

pytestmark = pytest.mark.in_process

SIGNED = "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261122/us-east-1/lambda/aws4_request"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (f"{SIGNED}, SignedHeaders=host, Signature=0f3a", f"{SIGNED}, SignedHeaders=host, Signature=..."),
        (f"{SIGNED},Signature = 0f3a,SignedHeaders=host", f"{SIGNED},Signature = ...,SignedHeaders=host"),
        (
            "AWS4-HMAC-SHA256 Credential=wJalr/bPx/20261122/x, Signature=0",
            "AWS4-HMAC-SHA256 Credential=..., Signature=...",
        ),
        ("wJalrXUtnFEMI/K7MDENG", "..."),
        ("", "..."),
        ("Bearer of-the-application", "Bearer of-the-application"),
    ],
)
def test_authorization(value: str, shown: str) -> None:
    assert shown_authorization(value) == shown


def test_query() -> None:
    assert shown_query("a=1&X-Amz%2DSignature=0f&x-amz-security-token=t&b") == (
        "a=1&X-Amz%2DSignature=...&x-amz-security-token=...&b"
    )


def test_names() -> None:
    assert [is_secret(name) for name in ("X-Amz-Security-Token", "x-amz-signature", "x-amz-date")] == [
        True,
        True,
        False,
    ]
