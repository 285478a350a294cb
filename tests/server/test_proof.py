from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from support.documentation import section

from moto_lambda_urls.invocations import custom_resources
from moto_lambda_urls.server.proof import UNSIGNED, has_proof, objection

pytestmark = pytest.mark.in_process

SIGNATURE = (
    "AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/lambda/aws4_request, "
    "SignedHeaders=host;x-amz-date, Signature=0123abcdef"
)
PRESIGNED = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=a&X-Amz-Signature=b"
BASIC = "Basic QVdTNC1ITUFDLVNIQTI1NiBDcmVkZW50aWFsPWEvYi91cy1lYXN0LTEvbGFtYmRhL2F3czRfcmVxdWVzdA=="


def make_environ(
    method: str = "GET", path: str = "/", query: str = "", content_type: str = "", **headers: str
) -> dict[str, Any]:
    sent = {f"HTTP_{name.upper()}": value for name, value in headers.items()}
    return {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "CONTENT_TYPE": content_type,
        "HTTP_HOST": "127.0.0.1:5000",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "5000",
        "wsgi.url_scheme": "http",
        **sent,
    }


@pytest.mark.parametrize(
    "headers",
    [
        {"authorization": SIGNATURE},
        {"authorization": SIGNATURE.replace(", ", ",")},
        {"authorization": SIGNATURE.replace("HMAC", "ECDSA-P256").replace("us-east-1/", "")},
        {"x_amz_target": "DynamoDB_20120810.ListTables"},
        {"x_amz_target": "AWSCognitoIdentityProviderService.InitiateAuth"},
    ],
)
def test_proofs(headers: dict[str, str]) -> None:
    assert has_proof(make_environ("POST", **headers))


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": ""},
        {"authorization": BASIC},
        {"authorization": BASIC, "x_amz_target": "DynamoDB_20120810.ListTables"},
        {"authorization": f"Basic x,{SIGNATURE}"},
        {"authorization": "Bearer " + SIGNATURE},
        {"authorization": SIGNATURE.replace("AWS4-HMAC-SHA256", "Invented")},
        {"authorization": "AWS4-HMAC-SHA256 Credential=/a/b/dynamodb/c,"},
        {"authorization": "AWS AKIA:c2lnbmF0dXJl"},
        {"x_amz_target": ""},
        {"x_amz_target": "no target"},
    ],
)
def test_what_proves_nothing(headers: dict[str, str]) -> None:
    assert not has_proof(make_environ("POST", **headers))
    assert "Sign it with Signature Version 4" in str(objection("awslambda", make_environ("POST", **headers)))


SERVICES = ["awslambda", "cloudformation", "stepfunctions", "sns", "sqs", "dynamodb", "iam", "s3control", "firehose"]


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "OPTIONS"])
@pytest.mark.parametrize("query", ["", "Action=CreateStack", "%41ction=CreateStack", "ACTION=x", PRESIGNED])
def test_services_that_answer_nothing_unsigned(service: str, method: str, query: str) -> None:
    assert objection(service, make_environ(method, f"/{service}_us-east-1/x", query)) is not None


ALLOWED = {
    "S3: a presigned query": ("s3", make_environ("PUT", "/bucket/key", PRESIGNED)),
    "S3: GET and HEAD of an object": ("s3", make_environ("HEAD", "/bucket/a/b", "versionId=1", accept_language="en")),
    "S3: an upload by a presigned form": (
        "s3",
        make_environ("POST", "/b", content_type="multipart/form-data; boundary=x"),
    ),
    "Cognito: a pool's public keys": ("cognitoidp", make_environ("GET", "/us-east-1_a/.well-known/jwks.json")),
    "STS: roles for SAML and OpenID": ("sts", make_environ("POST")),
    "SimpleDB: Signature Version 2": ("sdb", make_environ("POST")),
    "EC2: instance metadata": ("instance_metadata", make_environ("PUT", "/latest/api/token")),
    "moto: /moto-api": ("moto_api", make_environ("POST", "/moto-api/reset")),
    "CloudFormation: a custom resource's answer": (
        "cloudformation",
        make_environ("PUT", "/cloudformation_us-east-1/cfnresponse", custom_resources.signed("stack=arn%3Aaws")),
    ),
}


@pytest.mark.parametrize("name", ALLOWED)
def test_unsigned_on_purpose(name: str) -> None:
    service, environ = ALLOWED[name]
    assert objection(service, environ) is None
    assert objection(service, {**environ, "HTTP_AUTHORIZATION": BASIC}) is not None
    assert objection("cloudformation" if service != "cloudformation" else "awslambda", environ) is not None


def test_every_unsigned_request_is_listed_and_tested() -> None:
    names = {each.name for each in UNSIGNED}
    assert names == set(ALLOWED)
    listed = section("docs/server.md", "What is answered without a signature")
    assert {line.split("|")[1].strip() for line in listed.splitlines() if line.startswith("| ")} - {"what"} == names


@pytest.mark.parametrize("browser", [{"origin": "http://127.0.0.1:5000"}, {"accept_language": "en"}])
@pytest.mark.parametrize("name", sorted(ALLOWED.keys() - {"S3: a presigned query", "S3: GET and HEAD of an object"}))
def test_unsigned_request_of_a_browser(name: str, browser: dict[str, str]) -> None:
    service, environ = ALLOWED[name]
    sent = {f"HTTP_{key.upper()}": value for key, value in browser.items()}
    assert "not signed" in str(objection(service, {**environ, **sent}))


@pytest.mark.parametrize(
    ("service", "environ"),
    [
        ("s3", make_environ("GET", "/")),
        ("s3", make_environ("GET", "/bucket")),
        ("s3", make_environ("GET", "/bucket/")),
        ("s3", {**make_environ("GET", "/bucket"), "HTTP_HOST": "[::ffff:127.0.0.1]:5000"}),
        ("s3", {**make_environ("GET", "/"), "HTTP_HOST": "bucket.s3.amazonaws.com"}),
        ("s3", make_environ("GET", "/bucket/key", "acl")),
        ("s3", make_environ("GET", "/bucket/key", "%61cl")),
        ("s3", make_environ("PUT", "/bucket/key")),
        ("s3", make_environ("DELETE", "/bucket/key")),
        ("s3", make_environ("POST", "/bucket", "delete", "multipart/form-data")),
        ("s3", make_environ("POST", "/bucket", content_type="text/plain")),
        ("s3", make_environ("GET", "/bucket", "X-Amz-Signature=x")),
        ("sts", make_environ("GET", "/", "Action=GetSessionToken")),
        ("sts", make_environ("POST", "/", "Action=GetSessionToken")),
        ("moto_api", make_environ("GET", "/moto-api/data.json", sec_fetch_site="same-origin")),
        ("moto_api", make_environ("POST", "/moto-api/reset", sec_fetch_site="none")),
        ("moto_api", make_environ("GET", "/moto-api/seed", "a=1", sec_fetch_site="none")),
        ("moto_api", make_environ("GET", "/moto-api/recorder/replay-recording", sec_fetch_site="none")),
        ("cloudformation", make_environ("PUT", "/cloudformation_us-east-1/cfnresponse", "stack=a")),
        ("cloudformation", make_environ("PUT", "/cloudformation_us-east-1/cfnresponse", "stack=a&X-Amz-Signature=0")),
        (
            "cloudformation",
            make_environ(
                "PUT",
                "/cloudformation_us-east-1/cfnresponse",
                custom_resources.signed("stack=a") + "&Action=CreateStack",
            ),
        ),
        (
            "cloudformation",
            make_environ("POST", "/cloudformation_us-east-1/cfnresponse", custom_resources.signed("a=b")),
        ),
    ],
)
def test_near_to_what_is_answered_unsigned(service: str, environ: dict[str, Any]) -> None:
    assert "not signed" in str(objection(service, environ))


@pytest.mark.parametrize("path", ["/moto-api/", "/moto-api/data.json", "/moto-api/config"])
def test_data_of_moto_api_by_its_typed_address(path: str) -> None:
    typed = make_environ("GET", path, sec_fetch_site="none", accept_language="en")
    assert objection("moto_api", typed) is None


def test_every_threat_names_a_test_that_exists() -> None:
    rows = [
        line
        for line in section("docs/server.md", "Threats, and the tests that show the answer").splitlines()
        if "::" in line
    ]
    tests = [re.search(r"`(test_\w+\.py)::(test_\w+)`", row) for row in rows]
    assert len(rows) > 15
    for found in tests:
        assert found is not None
        files = Path(__file__).parents[1].rglob(found[1])
        assert any(f"def {found[2]}(" in file.read_text() for file in files), found[0]
