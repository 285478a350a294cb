"""Lambda's API of functions: requests with working defaults, and whole answers."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any

import boto3

from support.builders import make_role, make_zip

ACCOUNT = "123456789012"
REGION = "us-east-1"
ARN = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:fn"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/lambda-role"
PACKAGE = make_zip("def handler(event, context): return event")
OTHER_PACKAGE = make_zip("def handler(event, context): return 'other'")
STALE = (
    "The Revision Id provided does not match the latest Revision Id. "
    "Call the GetFunction/GetAlias API to retrieve the latest Revision Id"
)
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000")
RUNTIME_VERSION = re.compile(r"arn:aws:lambda:us-east-1::runtime:[0-9a-f]{64}")


def request(**fields: Any) -> dict[str, Any]:
    """A request that CreateFunction takes, but for ``fields``; None leaves one out."""
    make_role(boto3.client("iam", REGION))
    whole = {
        "FunctionName": "fn",
        "Runtime": "python3.13",
        "Role": ROLE,
        "Handler": "app.handler",
        "Code": {"ZipFile": PACKAGE},
        **fields,
    }
    return {name: value for name, value in whole.items() if value is not None}


def image(**fields: Any) -> dict[str, Any]:
    """A request that CreateFunction takes for an image, but for ``fields``."""
    code = {"ImageUri": f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/app:1"}
    return request(**{"PackageType": "Image", "Runtime": None, "Handler": None, "Code": code, **fields})


def network() -> dict[str, list[str]]:
    """A VpcConfig of a subnet and a security group that are there."""
    ec2 = boto3.client("ec2", REGION)
    subnet = ec2.describe_subnets()["Subnets"][0]
    groups = ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [subnet["VpcId"]]}])
    return {"SubnetIds": [subnet["SubnetId"]], "SecurityGroupIds": [groups["SecurityGroups"][0]["GroupId"]]}


def sha_256(package: bytes) -> str:
    return base64.b64encode(hashlib.sha256(package).digest()).decode()


def checked(configuration: dict[str, Any]) -> dict[str, Any]:
    """``configuration`` without what differs from call to call, whose form is checked."""
    rest = {name: value for name, value in configuration.items() if name != "ResponseMetadata"}
    assert UUID.fullmatch(rest.pop("RevisionId"))
    assert TIME.fullmatch(rest.pop("LastModified"))
    if "RuntimeVersionConfig" in rest:
        assert RUNTIME_VERSION.fullmatch(rest.pop("RuntimeVersionConfig")["RuntimeVersionArn"])
    return rest


def configuration(**fields: Any) -> dict[str, Any]:
    """The checked configuration of ``request()``'s function when nothing else was set, but for ``fields``."""
    whole = {
        "FunctionName": "fn",
        "FunctionArn": ARN,
        "Runtime": "python3.13",
        "Role": ROLE,
        "Handler": "app.handler",
        "CodeSize": len(PACKAGE),
        "Description": "",
        "Timeout": 3,
        "MemorySize": 128,
        "CodeSha256": sha_256(PACKAGE),
        "Version": "$LATEST",
        "TracingConfig": {"Mode": "PassThrough"},
        "PackageType": "Zip",
        "Architectures": ["x86_64"],
        "EphemeralStorage": {"Size": 512},
        "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
        "LoggingConfig": {"LogFormat": "Text", "LogGroup": "/aws/lambda/fn"},
        "State": "Active",
        "LastUpdateStatus": "Successful",
        **fields,
    }
    return {name: value for name, value in whole.items() if value is not None}
