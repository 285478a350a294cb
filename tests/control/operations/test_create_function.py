"""CreateFunction: what it answers, and what it refuses in AWS's words."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import boto3
import pytest
import requests
from botocore.config import Config
from botocore.exceptions import ClientError
from support.builders import answer, make_zip, raw_client
from support.function_api import (
    ACCOUNT,
    ARN,
    PACKAGE,
    REGION,
    checked,
    configuration,
    image,
    network,
    request,
    sha_256,
)
from support.hostile_packages import HOSTILE

from moto_lambda_urls.control import wire
from moto_lambda_urls.control.functions import packages as function_packages
from moto_lambda_urls.control.functions.runtimes import REFUSED, listed_runtimes
from moto_lambda_urls.messages.service_model import operation_model
from moto_lambda_urls.runtime.in_process.loading import packages

BAD_ZIP = "Could not unzip uploaded file. Please check your file, then try to upload again."


def invalid(path: str, value: str, constraint: str) -> tuple[str, str, int]:
    text = f"1 validation error detected: Value {value} at '{path}' failed to satisfy constraint: {constraint}"
    return "ValidationException", text, 400


def refused(message: str, code: str = "InvalidParameterValueException", status: int = 400) -> tuple[str, str, int]:
    return code, message, status


def test_plain_function(aws_lambda: Any) -> None:
    created = aws_lambda.create_function(**request())
    assert created["ResponseMetadata"]["HTTPStatusCode"] == 201
    assert checked(created) == configuration(LastUpdateStatus=None)
    read = aws_lambda.get_function_configuration(FunctionName="fn")
    assert checked(read) == configuration()
    assert read["RevisionId"] != created["RevisionId"]
    assert "RuntimeVersionConfig" in read


def test_all_settings(aws_lambda: Any) -> None:
    layer = aws_lambda.publish_layer_version(LayerName="lib", Content={"ZipFile": make_zip("x = 1")})
    settings: dict[str, Any] = {
        "Description": "orders",
        "Timeout": 900,
        "MemorySize": 10240,
        "Runtime": "python3.12",
        "Environment": {"Variables": {"STAGE": "test"}},
        "KMSKeyArn": "arn:aws:kms:us-east-1:123456789012:key/1",
        "TracingConfig": {"Mode": "Active"},
        "Architectures": ["arm64"],
        "EphemeralStorage": {"Size": 10240},
        "DeadLetterConfig": {"TargetArn": "arn:aws:sqs:us-east-1:123456789012:dead"},
        "FileSystemConfigs": [
            {
                "Arn": f"arn:aws:elasticfilesystem:us-east-1:{ACCOUNT}:access-point/fsap-{'0' * 17}",
                "LocalMountPath": "/mnt/a",
            }
        ],
        "LoggingConfig": {"LogFormat": "JSON", "ApplicationLogLevel": "DEBUG"},
    }
    sent = {
        **settings,
        "Layers": [layer["LayerVersionArn"]],
        "SnapStart": {"ApplyOn": "PublishedVersions"},
        "VpcConfig": network(),
        "Tags": {"team": "a"},
    }
    created = aws_lambda.create_function(**request(**sent))
    logging = {
        "ApplicationLogLevel": "DEBUG",
        "SystemLogLevel": "INFO",
        "LogGroup": "/aws/lambda/fn",
        "LogFormat": "JSON",
    }
    vpc_id = boto3.client("ec2", REGION).describe_vpcs()["Vpcs"][0]["VpcId"]
    vpc = {"VpcId": vpc_id, **network(), "Ipv6AllowedForDualStack": False}
    assert checked(created) == configuration(
        **{**settings, "LoggingConfig": logging},
        Layers=[{"Arn": layer["LayerVersionArn"], "CodeSize": layer["Content"]["CodeSize"]}],
        SnapStart={"ApplyOn": "PublishedVersions", "OptimizationStatus": "Off"},
        VpcConfig=vpc,
        LastUpdateStatus=None,
    )
    assert aws_lambda.list_tags(Resource=ARN)["Tags"] == {"team": "a"}


def test_vpc_of_a_known_subnet(aws_lambda: Any) -> None:
    subnet = boto3.client("ec2", REGION).describe_subnets()["Subnets"][0]
    created = aws_lambda.create_function(
        **request(VpcConfig={"SubnetIds": [subnet["SubnetId"]], "SecurityGroupIds": []})
    )
    assert created["VpcConfig"]["VpcId"] == subnet["VpcId"]


def test_image(aws_lambda: Any) -> None:
    config = {"Command": ["app.handler"], "EntryPoint": ["/run"], "WorkingDirectory": "/work"}
    created = checked(aws_lambda.create_function(**image(ImageConfig=config)))
    code_hash = created["CodeSha256"]
    assert created == configuration(
        Runtime=None,
        Handler=None,
        CodeSize=0,
        CodeSha256=code_hash,
        PackageType="Image",
        ImageConfigResponse={"ImageConfig": config},
        LastUpdateStatus=None,
    )
    code = aws_lambda.get_function(FunctionName="fn")["Code"]
    repository = f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/app"
    assert code == {
        "RepositoryType": "ECR",
        "ImageUri": f"{repository}:1",
        "ResolvedImageUri": f"{repository}@sha256:{code_hash}",
    }


def test_publish(aws_lambda: Any) -> None:
    created = aws_lambda.create_function(**request(Publish=True))
    assert checked(created) == configuration(Version="1", LastUpdateStatus=None)
    assert [each["Version"] for each in aws_lambda.list_versions_by_function(FunctionName="fn")["Versions"]] == [
        "$LATEST",
        "1",
    ]


@pytest.mark.parametrize("name", [ARN, f"{ACCOUNT}:function:fn", f"{ACCOUNT}:fn", "function:fn"])
def test_forms_of_the_name(aws_lambda: Any, name: str) -> None:
    created = aws_lambda.create_function(**request(FunctionName=name))
    assert (created["FunctionName"], created["FunctionArn"]) == ("fn", ARN)


def test_package_of_s3(aws_lambda: Any) -> None:
    s3 = boto3.client("s3", REGION)
    s3.create_bucket(Bucket="code")
    s3.put_bucket_versioning(Bucket="code", VersioningConfiguration={"Status": "Enabled"})
    first = s3.put_object(Bucket="code", Key="app.zip", Body=PACKAGE)["VersionId"]
    second = make_zip("x = 2")
    s3.put_object(Bucket="code", Key="app.zip", Body=second)
    of_first = {"S3Bucket": "code", "S3Key": "app.zip", "S3ObjectVersion": first}
    assert aws_lambda.create_function(**request(Code=of_first))["CodeSha256"] == sha_256(PACKAGE)
    newest = {"S3Bucket": "code", "S3Key": "app.zip"}
    created = aws_lambda.create_function(**request(FunctionName="other", Code=newest))
    assert (created["CodeSha256"], created["CodeSize"]) == (sha_256(second), len(second))


@pytest.mark.parametrize(
    ("code", "error", "reason"),
    [
        ({"S3Bucket": "nowhere", "S3Key": "k"}, "NoSuchBucket", "The specified bucket does not exist"),
        ({"S3Bucket": "code", "S3Key": "k"}, "NoSuchKey", "The specified key does not exist."),
        (
            {"S3Bucket": "code", "S3Key": "app.zip", "S3ObjectVersion": "9"},
            "NoSuchVersion",
            "The specified version does not exist.",
        ),
    ],
)
def test_package_that_s3_does_not_have(aws_lambda: Any, code: dict[str, str], error: str, reason: str) -> None:
    s3 = boto3.client("s3", REGION)
    s3.create_bucket(Bucket="code")
    s3.put_object(Bucket="code", Key="app.zip", Body=PACKAGE)
    text = f"Error occurred while GetObject. S3 Error Code: {error}. S3 Error Message: {reason}"
    assert answer(aws_lambda.create_function, **request(Code=code)) == refused(text)


@pytest.mark.in_process
def test_package_of_another_region(aws_lambda: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    s3 = boto3.client("s3", "eu-west-1")
    s3.create_bucket(Bucket="code", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_object(Bucket="code", Key="app.zip", Body=PACKAGE)
    code = {"S3Bucket": "code", "S3Key": "app.zip"}
    text = (
        "Error occurred while GetObject. S3 Error Code: PermanentRedirect. S3 Error Message: "
        "The bucket is in this region: eu-west-1. Please use this region to retry the request"
    )
    assert answer(aws_lambda.create_function, **request(Code=code)) == refused(text)
    monkeypatch.setenv("VALIDATE_LAMBDA_S3", "false")
    assert aws_lambda.create_function(**request(Code=code))["CodeSha256"] == sha_256(PACKAGE)


@pytest.mark.in_process
def test_package_that_s3_need_not_have(aws_lambda: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VALIDATE_LAMBDA_S3", "false")
    created = aws_lambda.create_function(**request(Code={"S3Bucket": "nowhere", "S3Key": "k"}))
    assert created["CodeSize"] == 0


ROLE_PATTERN = (
    r"Member must satisfy regular expression pattern: arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+"
)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"Role": "r1"}, invalid("role", "'r1'", ROLE_PATTERN)),
        ({"Timeout": 0}, invalid("timeout", "'0'", "Member must have value greater than or equal to 1")),
        ({"Timeout": 901}, invalid("timeout", "'901'", "Member must have value less than or equal to 900")),
        ({"MemorySize": 127}, invalid("memorySize", "'127'", "Member must have value greater than or equal to 128")),
        ({"MemorySize": 10241}, invalid("memorySize", "'10241'", "Member must have value less than or equal to 10240")),
        (
            {"Description": "d" * 257},
            invalid("description", f"'{'d' * 257}'", "Member must have length less than or equal to 256"),
        ),
        (
            {"EphemeralStorage": {"Size": 511}},
            invalid("ephemeralStorage.size", "'511'", "Member must have value greater than or equal to 512"),
        ),
        (
            {"EphemeralStorage": {"Size": 10241}},
            invalid("ephemeralStorage.size", "'10241'", "Member must have value less than or equal to 10240"),
        ),
        (
            {"Architectures": ["x86_64", "arm64"]},
            invalid("architectures", "'[x86_64, arm64]'", "Member must have length less than or equal to 1"),
        ),
        (
            {"Architectures": ["X86_64"]},
            invalid(
                "architectures",
                "'[X86_64]'",
                "Member must satisfy constraint: "
                "[Member must satisfy enum value set: [x86_64, arm64], Member must not be null]",
            ),
        ),
        (
            {"Handler": "two words"},
            invalid("handler", "'two words'", r"Member must satisfy regular expression pattern: [^\s]+"),
        ),
        (
            {"Handler": "h" * 129},
            invalid("handler", f"'{'h' * 129}'", "Member must have length less than or equal to 128"),
        ),
        ({"PackageType": "Jar"}, invalid("packageType", "'Jar'", "Member must satisfy enum value set: [Zip, Image]")),
        (
            {"TracingConfig": {"Mode": "On"}},
            invalid("tracingConfig.mode", "'On'", "Member must satisfy enum value set: [Active, PassThrough]"),
        ),
        (
            {"SnapStart": {"ApplyOn": "Always"}},
            invalid("snapStart.applyOn", "'Always'", "Member must satisfy enum value set: [PublishedVersions, None]"),
        ),
        (
            {"LoggingConfig": {"LogFormat": "XML"}},
            invalid("loggingConfig.logFormat", "'XML'", "Member must satisfy enum value set: [JSON, Text]"),
        ),
        (
            {"LoggingConfig": {"LogGroup": "a b"}},
            invalid(
                "loggingConfig.logGroup",
                "'a b'",
                r"Member must satisfy regular expression pattern: [\.\-_/#A-Za-z0-9]+",
            ),
        ),
        (
            {"DeadLetterConfig": {"TargetArn": "queue"}},
            invalid(
                "deadLetterConfig.targetArn",
                "'queue'",
                "Member must satisfy regular expression pattern: (arn:(aws[a-zA-Z-]*)?:[a-z0-9-.]+:.*)|()",
            ),
        ),
        (
            {"KMSKeyArn": "key"},
            invalid(
                "kMSKeyArn",
                "'key'",
                "Member must satisfy regular expression pattern: (arn:(aws[a-zA-Z-]*)?:[a-z0-9-.]+:.*)|()",
            ),
        ),
        (
            {"VpcConfig": {"SubnetIds": [f"subnet-{i}" for i in range(17)]}},
            invalid(
                "vpcConfig.subnetIds",
                f"'[{', '.join(f'subnet-{i}' for i in range(17))}]'",
                "Member must have length less than or equal to 16",
            ),
        ),
        (
            {"Role": None},
            invalid("role", "null", "Member must not be null"),
        ),
        (
            {"FunctionName": "n" * 141},
            invalid("functionName", f"'{'n' * 141}'", "Member must have length less than or equal to 140"),
        ),
    ],
)
def test_bounds_of_the_model(mock: Any, fields: dict[str, Any], expected: tuple[str, str, int]) -> None:
    client = raw_client()
    assert answer(client.create_function, **request(**fields)) == expected
    assert client.list_functions()["Functions"] == []


@pytest.mark.parametrize("name", ["a/b", "a b", "fn:1", "fn:live", f"{ARN}:1"])
def test_names_of_no_form(mock: Any, name: str) -> None:
    shape: Any = operation_model("CreateFunction").input_shape
    pattern = shape.members["FunctionName"].metadata["pattern"]
    expected = invalid("functionName", f"'{name}'", f"Member must satisfy regular expression pattern: {pattern}")
    assert answer(raw_client().create_function, **request(FunctionName=name)) == expected


def test_name_that_only_an_arn_may_be_as_long_as(mock: Any) -> None:
    name = "n" * 65
    text = (
        f"1 validation error detected: Value '{name}' at 'functionName' failed to satisfy constraint: "
        "Member must have length less than or equal to 64"
    )
    assert answer(raw_client().create_function, **request(FunctionName=name)) == refused(text)
    raw_client().create_function(**request(FunctionName="n" * 64))


def test_several_violations(mock: Any) -> None:
    code, message, status = answer(raw_client().create_function, **request(Timeout=0, MemorySize=1))
    assert (code, status) == ("ValidationException", 400)
    assert message == (
        "2 validation errors detected: Value '0' at 'timeout' failed to satisfy constraint: "
        "Member must have value greater than or equal to 1; Value '1' at 'memorySize' failed to satisfy constraint: "
        "Member must have value greater than or equal to 128"
    )


RUNTIMES: Any = operation_model("CreateFunction").input_shape.members["Runtime"].enum  # type: ignore[union-attr]
FOR_ZIPS = "Runtime and Handler are mandatory parameters for functions created with deployment packages."
FOR_IMAGES = "Please don't provide Handler or Runtime or Layer when the intended function PackageType is Image."
RESERVED = (
    "Lambda was unable to configure your environment variables because the environment variables you have provided "
    "contains reserved keys that are currently not supported for modification. Reserved keys used in this request: "
)
CSC = f"arn:aws:lambda:us-east-1:{ACCOUNT}:code-signing-config:csc-{'0' * 17}"
EMPTY_ZIP = b"PK\x05\x06" + bytes(18)
LAYER = f"arn:aws:lambda:us-east-1:{ACCOUNT}:layer:lib"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"Runtime": None}, refused(FOR_ZIPS)),
        ({"Handler": None}, refused(FOR_ZIPS)),
        (
            {"Runtime": "non-existent-runtime"},
            refused(
                "Value non-existent-runtime at 'runtime' failed to satisfy constraint: "
                f"Member must satisfy enum value set: {listed_runtimes()} or be a valid ARN"
            ),
        ),
        (
            {"Role": f"arn:aws:iam::{ACCOUNT}:role/missing"},
            refused("The role defined for the function cannot be assumed by Lambda."),
        ),
        (
            {"Role": "arn:aws:iam::000000000001:role/r"},
            refused("Cross-account pass role is not allowed.", "AccessDeniedException", 403),
        ),
        ({"Environment": {"Variables": {"AWS_REGION": "x"}}}, refused(f"{RESERVED}AWS_REGION")),
        (
            {"Environment": {"Variables": {"AWS_LAMBDA_FUNCTION_NAME": "x", "OWN": "y", "LAMBDA_TASK_ROOT": "z"}}},
            refused(f"{RESERVED}AWS_LAMBDA_FUNCTION_NAME, LAMBDA_TASK_ROOT"),
        ),
        (
            {"Environment": {"Variables": {"KEY": "v" * 4087}}},
            refused(
                "Lambda was unable to configure your environment variables because the environment variables you have "
                f'provided exceeded the 4KB limit. String measured: {{"KEY":"{"v" * 4087}"}}'
            ),
        ),
        ({"Layers": [f"{LAYER}:{i}" for i in range(1, 7)]}, refused("Cannot reference more than 5 layers.")),
        ({"Layers": [f"{LAYER}:9"]}, refused(f"Layer version {LAYER}:9 does not exist.")),
        (
            {"Layers": [f"arn:aws:lambda:eu-west-1:{ACCOUNT}:layer:lib:1"]},
            refused(
                "Layers are not in the same region as the function. Layers are expected to be in region us-east-1."
            ),
        ),
        (
            {"Runtime": "python3.11", "SnapStart": {"ApplyOn": "PublishedVersions"}},
            refused("python3.11 is not supported for SnapStart enabled functions."),
        ),
        ({"Tags": {f"k{i}": "v" for i in range(51)}}, refused("Number of tags exceeds resource tag limit.")),
        (
            {"CodeSigningConfigArn": CSC},
            refused(
                "The code signing configuration cannot be found. "
                f"Check that the provided configuration is not deleted: {CSC}.",
                "CodeSigningConfigNotFoundException",
                404,
            ),
        ),
        ({"Code": {}}, refused("Please provide a source for function code.")),
        ({"Code": {"ZipFile": b"no zip"}}, refused(BAD_ZIP)),
        ({"Code": {"ZipFile": EMPTY_ZIP}}, refused("Uploaded file must be a non-empty zip")),
        (
            {"VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}},
            refused(
                "Error occurred while DescribeSubnets. EC2 Error Code: InvalidSubnetID.NotFound. "
                "EC2 Error Message: The subnet ID 'subnet-1' does not exist"
            ),
        ),
        (
            {"VpcConfig": {"SubnetIds": [], "SecurityGroupIds": ["sg-1"]}},
            refused(
                "Error occurred while DescribeSecurityGroups. EC2 Error Code: InvalidGroup.NotFound. "
                "EC2 Error Message: The security group 'sg-1' does not exist"
            ),
        ),
        (
            {"TenancyConfig": {"TenantIsolationMode": "PER_TENANT"}, "SnapStart": {"ApplyOn": "PublishedVersions"}},
            refused("SnapStart is not supported for functions with a TenancyConfig."),
        ),
        (
            {"Code": {"ImageUri": "repository:1"}},
            refused("Please don't provide ImageUri when creating a function with packageType Zip."),
        ),
        (
            {"ImageConfig": {"Command": ["x"]}},
            refused("Please don't provide ImageConfig when the intended function PackageType is Zip."),
        ),
        (
            {"FunctionName": f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:fn"},
            refused(
                "Functions from 'eu-west-1' are not reachable in this region ('us-east-1')",
                "ResourceNotFoundException",
                404,
            ),
        ),
    ],
)
def test_rules_beyond_the_model(aws_lambda: Any, fields: dict[str, Any], expected: tuple[str, str, int]) -> None:
    assert answer(aws_lambda.create_function, **request(**fields)) == expected
    assert aws_lambda.list_functions()["Functions"] == []
    created = aws_lambda.create_function(**request())
    assert checked(created) == configuration(LastUpdateStatus=None)


@pytest.mark.parametrize("runtime", sorted(REFUSED))
def test_runtimes_past_their_end(aws_lambda: Any, runtime: str) -> None:
    text = (
        f"The runtime parameter of {runtime} is no longer supported for creating or updating AWS Lambda functions. "
        "We recommend you use a supported runtime while creating or updating functions."
    )
    assert answer(aws_lambda.create_function, **request(Runtime=runtime)) == refused(text)
    aws_lambda.create_function(**request())
    assert answer(aws_lambda.update_function_configuration, FunctionName="fn", Runtime=runtime) == refused(text)


def test_the_runtimes_past_their_end_are_the_models() -> None:
    assert set(RUNTIMES) > REFUSED


def test_arn_of_another_account(aws_lambda: Any) -> None:
    name = "arn:aws:lambda:us-east-1:000000000001:function:fn"
    with pytest.raises(ClientError) as raised:
        aws_lambda.create_function(**request(FunctionName=name))
    response = raised.value.response
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 403
    assert response["Error"] == {"Code": "AccessDeniedException", "Message": None}


def test_environment_just_small_enough(aws_lambda: Any) -> None:
    variables = {"KEY": "v" * (4096 - len('{"KEY":""}'))}
    assert aws_lambda.create_function(**request(Environment={"Variables": variables}))["Environment"] == {
        "Variables": variables
    }


@pytest.mark.parametrize("fields", [{"Runtime": "python3.13"}, {"Handler": "a.b"}, {"Layers": [f"{LAYER}:1"]}])
def test_settings_that_images_do_not_have(aws_lambda: Any, fields: dict[str, Any]) -> None:
    assert answer(aws_lambda.create_function, **image(**fields)) == refused(FOR_IMAGES)


def test_image_without_image(aws_lambda: Any) -> None:
    text = "Please provide ImageUri when creating a function with packageType Image."
    assert answer(aws_lambda.create_function, **image(Code={"ZipFile": PACKAGE})) == refused(text)


def test_two_versions_of_a_layer(aws_lambda: Any) -> None:
    arns = [
        aws_lambda.publish_layer_version(LayerName="lib", Content={"ZipFile": PACKAGE})["LayerVersionArn"]
        for _ in range(2)
    ]
    text = (
        "Two different versions of the same layer are not allowed to be referenced in the same function. "
        f"{LAYER}:1 and {LAYER}:2 are versions of the same layer."
    )
    assert answer(aws_lambda.create_function, **request(Layers=arns)) == refused(text)


def test_five_layers(aws_lambda: Any) -> None:
    names = ["a", "b", "c", "d", "e"]
    arns = [
        aws_lambda.publish_layer_version(LayerName=name, Content={"ZipFile": PACKAGE})["LayerVersionArn"]
        for name in names
    ]
    created = aws_lambda.create_function(**request(Layers=arns))
    assert created["Layers"] == [{"Arn": arn, "CodeSize": len(PACKAGE)} for arn in arns]


def test_taken_name(aws_lambda: Any) -> None:
    aws_lambda.create_function(**request())
    first = aws_lambda.get_function_configuration(FunctionName="fn")
    expected = refused("Function already exist: fn", "ResourceConflictException", 409)
    assert answer(aws_lambda.create_function, **request(Timeout=9)) == expected
    assert aws_lambda.get_function_configuration(FunctionName="fn")["RevisionId"] == first["RevisionId"]


def _zeros(size: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(size))
    return buffer.getvalue()


@pytest.mark.in_process
def test_unzipped_size(aws_lambda: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "MAX_UNZIPPED", 10_000)
    text = "Unzipped size must be smaller than 10000 bytes"
    assert answer(aws_lambda.create_function, **request(Code={"ZipFile": _zeros(10_000)})) == refused(text)
    aws_lambda.create_function(**request(Code={"ZipFile": _zeros(9_999)}))


def test_limits_are_aws_own() -> None:
    assert (packages.MAX_ZIPPED, packages.MAX_UNZIPPED, function_packages.MAX_STORED) == (
        52_428_800,
        262_144_000,
        80_530_636_800,
    )


@pytest.mark.in_process
def test_size_with_layers(aws_lambda: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(function_packages, "MAX_UNZIPPED", 10_000)
    layer = aws_lambda.publish_layer_version(LayerName="lib", Content={"ZipFile": _zeros(6000)})["LayerVersionArn"]
    text = (
        "Function code combined with layers exceeds the maximum allowed size of 10000 bytes. "
        "The actual size is 10000 bytes."
    )
    too_much = request(Code={"ZipFile": _zeros(4000)}, Layers=[layer])
    assert answer(aws_lambda.create_function, **too_much) == refused(text)
    aws_lambda.create_function(**request(Code={"ZipFile": _zeros(4000)}))
    assert answer(aws_lambda.update_function_configuration, FunctionName="fn", Layers=[layer]) == refused(text)
    aws_lambda.update_function_code(FunctionName="fn", ZipFile=_zeros(3999))
    aws_lambda.update_function_configuration(FunctionName="fn", Layers=[layer])


BROKEN = {**HOSTILE, "cut off": PACKAGE[:-30]}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_layer(aws_lambda: Any, case: str) -> None:
    content = {"ZipFile": BROKEN[case]}
    assert answer(aws_lambda.publish_layer_version, LayerName="lib", Content=content) == refused(BAD_ZIP)
    assert aws_lambda.list_layers()["Layers"] == []


@pytest.mark.in_process
def test_zipped_size(aws_lambda: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "MAX_ZIPPED", len(PACKAGE) - 1)
    text = f"Zipped size must be smaller than {len(PACKAGE) - 1} bytes"
    assert answer(aws_lambda.create_function, **request()) == refused(text, "RequestEntityTooLargeException", 413)


@pytest.mark.in_process
def test_zipped_size_of_s3(aws_lambda: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "MAX_ZIPPED", len(PACKAGE) - 1)
    s3 = boto3.client("s3", REGION)
    s3.create_bucket(Bucket="code")
    s3.put_object(Bucket="code", Key="app.zip", Body=PACKAGE)
    aws_lambda.create_function(**request(Code={"S3Bucket": "code", "S3Key": "app.zip"}))


@pytest.mark.in_process
def test_request_size(aws_lambda: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert wire.MAX_PACKAGE_REQUEST_BYTES == 70_167_211
    monkeypatch.setattr(wire, "MAX_PACKAGE_REQUEST_BYTES", 2000)
    text = "Request must be smaller than 2000 bytes for the {} operation"
    code, large = "RequestEntityTooLargeException", bytes(2000)
    created = answer(aws_lambda.create_function, **request(Code={"ZipFile": large}))
    assert created == refused(text.format("CreateFunction"), code, 413)
    updated = answer(aws_lambda.update_function_code, FunctionName="fn", ZipFile=large)
    assert updated == refused(text.format("UpdateFunctionCode"), code, 413)


@pytest.mark.in_process
def test_code_storage(aws_lambda: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("moto_lambda_urls.control.operations.functions.MAX_STORED", 2 * len(PACKAGE))
    expected = refused("Code storage limit exceeded.", "CodeStorageExceededException")
    aws_lambda.create_function(**request())
    aws_lambda.publish_version(FunctionName="fn")
    assert answer(aws_lambda.create_function, **request(FunctionName="other")) == expected
    assert answer(aws_lambda.update_function_code, FunctionName="fn", ZipFile=PACKAGE) == expected


@pytest.mark.in_process
def test_zip_file_that_is_no_base64(mock: Any) -> None:
    make = request(Code={"ZipFile": "%%%"})  # the client would encode it
    sent = requests.post("https://lambda.us-east-1.amazonaws.com/2015-03-31/functions", data=json.dumps(make))
    assert (sent.status_code, sent.json()) == (400, {"Type": "User", "message": BAD_ZIP})


@pytest.mark.parametrize("case", BROKEN)
def test_broken_package(aws_lambda: Any, case: str) -> None:
    hostile = BROKEN[case]
    assert answer(aws_lambda.create_function, **request(Code={"ZipFile": hostile})) == refused(BAD_ZIP)
    created = aws_lambda.create_function(**request())
    assert answer(aws_lambda.update_function_code, FunctionName="fn", ZipFile=hostile) == refused(BAD_ZIP)
    s3 = boto3.client("s3", REGION)
    s3.create_bucket(Bucket="code")
    s3.put_object(Bucket="code", Key="app.zip", Body=hostile)
    place = {"S3Bucket": "code", "S3Key": "app.zip"}
    assert answer(aws_lambda.update_function_code, FunctionName="fn", **place) == refused(BAD_ZIP)
    assert aws_lambda.get_function(FunctionName="fn")["Configuration"]["CodeSha256"] == created["CodeSha256"]


def test_bomb_of_aws_own_size(aws_lambda: Any) -> None:
    bomb = _zeros(262_144_001)
    text = "Unzipped size must be smaller than 262144000 bytes"
    assert answer(aws_lambda.create_function, **request(Code={"ZipFile": bomb})) == refused(text)
    aws_lambda.create_function(**request())
    assert answer(aws_lambda.update_function_code, FunctionName="fn", ZipFile=bomb) == refused(text)


def test_runtime_of_another_type(mock: Any) -> None:
    code, message, status = answer(raw_client().create_function, **request(Runtime=5))
    assert (code, message, status) == ("SerializationException", "int can not be converted to a string", 400)


def test_regions_are_apart(mock: Any) -> None:
    config = Config(region_name="eu-west-1")
    boto3.client("lambda", config=config).create_function(**request())
    assert boto3.client("lambda", REGION).list_functions()["Functions"] == []
