"""moto's published behaviour of Lambda's API as sequences of calls, to be run under any mock."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.exceptions import ClientError

from support.builders import make_role, make_zip
from support.function_api import network

ACCOUNT = "123456789012"
REGION = "us-east-1"
ARN = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:fn"
NO_SIGNING = f"arn:aws:lambda:{REGION}:{ACCOUNT}:code-signing-config:csc-{'0' * 17}"
PACKAGE = make_zip("def handler(event, context): return event")
EMPTY = b"PK\x05\x06" + bytes(18)
OTHER = make_zip("def handler(event, context): return 'other'")

_VOLATILE = [
    (re.compile(r"[A-Za-z0-9+/]{43}="), "<sha256>"),
    (re.compile(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"), "<uuid>"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z"), "<time to the nanosecond, Z>"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z"), "<time to the microsecond, Z>"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000"), "<time to the millisecond, +0000>"),
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?\+00:00"), "<time>"),
    (re.compile(r"\?X-Amz-Algorithm=.*"), "?<presigned>"),
    (re.compile(r"https://[0-9a-z]{32}\.lambda-url"), "https://<id>.lambda-url"),
    (re.compile(r":runtime:[0-9a-f]{64}"), ":runtime:<hash>"),
    (re.compile(r"\b(fn|lib)-[0-9a-f]{64}"), r"\1-<hash>"),
    (re.compile(r"\b(vpc|subnet|sg)-[0-9a-z]+\b"), r"<\1>"),
    (re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$"), "<time without a zone>"),
]


@dataclass(frozen=True)
class Step:
    """A call and its answer, without what is another one each time: a status, and the members or the error."""

    operation: str
    case: str
    status: int
    members: dict[str, Any] = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        return self.status // 100 != 2

    @property
    def summary(self) -> str:
        """The status, and what went wrong."""
        return f"{self.status or 'raises'} {self.members.get('Error', '')}".strip()


class Api:
    """A Lambda client that notes what is answered."""

    def __init__(self) -> None:
        self.client = boto3.client("lambda", REGION)
        self.steps: list[Step] = []

    def __call__(self, operation: str, case: str = "", **parameters: Any) -> dict[str, Any]:
        """Call ``operation``; ``case`` says what is particular about it."""
        method = re.sub(r"(?<!^)(?=[A-Z])", "_", operation).lower()
        answer: dict[str, Any] = {}
        try:
            answer = getattr(self.client, method)(**parameters)
            status, members = answer["ResponseMetadata"]["HTTPStatusCode"], _plain(answer)
        except ClientError as error:
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            members = _plain({"Error": f"{error.response['Error']['Code']}: {error.response['Error']['Message']}"})
        except Exception as error:  # moto lets its own bugs through in process
            status, members = 0, {"Error": type(error).__name__}
        self.steps.append(Step(operation, case, status, members))
        return answer


def request(**fields: Any) -> dict[str, Any]:
    """A request that CreateFunction takes, but for ``fields``."""
    return {
        "FunctionName": "fn",
        "Runtime": "python3.13",
        "Role": make_role(boto3.client("iam", REGION)),
        "Handler": "app.handler",
        "Code": {"ZipFile": PACKAGE},
        **fields,
    }


def functions(api: Api) -> None:
    api("GetFunction", "missing", FunctionName="fn")
    api("ListFunctions", "none")
    api("CreateFunction", **request(Description="d", Timeout=5, MemorySize=256))
    api("CreateFunction", "taken name", **request())
    api("GetFunction", FunctionName="fn")
    api("GetFunction", "by ARN", FunctionName=ARN)
    api("GetFunction", "$LATEST", FunctionName="fn", Qualifier="$LATEST")
    api("GetFunction", "missing version", FunctionName="fn", Qualifier="9")
    api("GetFunctionConfiguration", FunctionName="fn")
    api("GetFunctionConfiguration", "missing", FunctionName="other")
    api("ListFunctions", FunctionVersion="ALL")
    api("DeleteFunction", FunctionName="fn")
    api("DeleteFunction", "missing", FunctionName="fn")


def settings(api: Api) -> None:
    layer = api("PublishLayerVersion", LayerName="lib", Content={"ZipFile": PACKAGE})["LayerVersionArn"]
    api(
        "CreateFunction",
        "with settings",
        **request(
            Environment={"Variables": {"KEY": "value"}},
            Tags={"a": "b"},
            Layers=[layer],
            Architectures=["arm64"],
            EphemeralStorage={"Size": 1024},
            TracingConfig={"Mode": "Active"},
            VpcConfig=network(),
            DeadLetterConfig={"TargetArn": "arn:aws:sqs:us-east-1:123456789012:q"},
            LoggingConfig={"LogFormat": "JSON"},
            SnapStart={"ApplyOn": "PublishedVersions"},
            KMSKeyArn="arn:aws:kms:us-east-1:123456789012:key/1",
        ),
    )
    image = request(PackageType="Image", Code={"ImageUri": "repository:tag"}, FunctionName="image")
    del image["Runtime"], image["Handler"]
    api("CreateFunction", "image", **image, ImageConfig={"Command": ["x"]})
    api("GetFunction", "image", FunctionName="image")
    api("UpdateFunctionCode", "image", FunctionName="image", ImageUri="repository:other")
    api("CreateFunction", "code signing", **request(FunctionName="signed", CodeSigningConfigArn=NO_SIGNING))
    api("GetFunctionCodeSigningConfig", FunctionName="fn")


def refusals(api: Api) -> None:
    role = f"arn:aws:iam::{ACCOUNT}:role/missing"
    boto3.client("s3", REGION).create_bucket(Bucket="code")
    refused: dict[str, dict[str, Any]] = {
        "missing role": {"Role": role},
        "bad role": {"Role": "r"},
        "role of another account": {"Role": "arn:aws:iam::000000000001:role/r"},
        "no zip": {"Code": {"ZipFile": b"dummy"}},
        "unknown runtime": {"Runtime": "python2"},
        "refused runtime": {"Runtime": "python3.6"},
        "empty zip": {"Code": {"ZipFile": EMPTY}},
        "missing subnet": {"VpcConfig": {"SubnetIds": ["subnet-00000000"], "SecurityGroupIds": ["sg-00000000"]}},
        "missing layer": {"Layers": [f"arn:aws:lambda:us-east-1:{ACCOUNT}:layer:lib:1"]},
        "two architectures": {"Architectures": ["x86_64", "arm64"]},
        "unknown architecture": {"Architectures": ["foo"]},
        "too much storage": {"EphemeralStorage": {"Size": 40000}},
        "too much memory": {"MemorySize": 20000},
        "too much time": {"Timeout": 1000},
        "reserved variable": {"Environment": {"Variables": {"AWS_REGION": "x"}}},
        "missing bucket": {"Code": {"S3Bucket": "nowhere", "S3Key": "k"}},
        "missing object": {"Code": {"S3Bucket": "code", "S3Key": "k"}},
        "no code": {"Code": {}},
    }
    for number, (case, fields) in enumerate(refused.items()):
        api("CreateFunction", case, **request(FunctionName=f"f{number}", **fields))
    without = request(FunctionName="without")
    del without["Handler"]
    api("CreateFunction", "no handler", **without)


def code_of_s3(api: Api) -> None:
    s3 = boto3.client("s3", REGION)
    s3.create_bucket(Bucket="code")
    s3.put_object(Bucket="code", Key="app.zip", Body=PACKAGE)
    api("CreateFunction", "S3", **request(Code={"S3Bucket": "code", "S3Key": "app.zip"}))
    api("GetFunction", "S3", FunctionName="fn")
    s3.put_object(Bucket="code", Key="other.zip", Body=OTHER)
    api("UpdateFunctionCode", "S3", FunctionName="fn", S3Bucket="code", S3Key="other.zip")
    api("UpdateFunctionCode", "missing object", FunctionName="fn", S3Bucket="code", S3Key="no")


def updates(api: Api) -> None:
    api("UpdateFunctionCode", "missing", FunctionName="fn", ZipFile=OTHER)
    api("UpdateFunctionConfiguration", "missing", FunctionName="fn", Timeout=9)
    api("CreateFunction", **request())
    api("UpdateFunctionCode", FunctionName="fn", ZipFile=OTHER)
    api("UpdateFunctionCode", "dry run", FunctionName="fn", ZipFile=PACKAGE, DryRun=True)
    api("UpdateFunctionCode", "publish", FunctionName="fn", ZipFile=PACKAGE, Publish=True)
    api("UpdateFunctionCode", "stale revision", FunctionName="fn", ZipFile=PACKAGE, RevisionId="old")
    api(
        "UpdateFunctionConfiguration",
        FunctionName="fn",
        Description="new",
        Handler="app.other",
        MemorySize=512,
        Runtime="python3.12",
        Timeout=9,
        Environment={"Variables": {"KEY": "value"}},
        VpcConfig=network(),
    )
    api("UpdateFunctionConfiguration", "stale revision", FunctionName="fn", Timeout=8, RevisionId="old")


def versions(api: Api) -> None:
    api("PublishVersion", "missing", FunctionName="fn")
    api("ListVersionsByFunction", "missing", FunctionName="fn")
    api("CreateFunction", "publish", **request(Publish=True))
    api("PublishVersion", "nothing new", FunctionName="fn")
    api("UpdateFunctionCode", FunctionName="fn", ZipFile=OTHER)
    api("PublishVersion", FunctionName="fn", Description="second")
    api("PublishVersion", "stale revision", FunctionName="fn", RevisionId="old")
    api("PublishVersion", "other code", FunctionName="fn", CodeSha256="other")
    api("ListVersionsByFunction", FunctionName="fn")
    api("GetFunction", "version", FunctionName="fn", Qualifier="1")
    api("DeleteFunction", "version", FunctionName="fn", Qualifier="1")
    api("DeleteFunction", "missing version", FunctionName="fn", Qualifier="9")
    api("ListVersionsByFunction", "after a deletion", FunctionName="fn")
    api("UpdateFunctionCode", "same code", FunctionName="fn", ZipFile=OTHER)
    api("UpdateFunctionConfiguration", "new timeout", FunctionName="fn", Timeout=7)
    api("PublishVersion", "after a deletion", FunctionName="fn")
    api("DeleteFunction", "$LATEST", FunctionName="fn", Qualifier="$LATEST")


def same_code(api: Api) -> None:
    api("CreateFunction", "publish", **request(Publish=True))
    api("UpdateFunctionCode", "same code", FunctionName="fn", ZipFile=PACKAGE)
    api("PublishVersion", "same code", FunctionName="fn")


def aliases(api: Api) -> None:
    api("CreateAlias", "missing function", FunctionName="fn", Name="live", FunctionVersion="1")
    api("CreateFunction", "publish", **request(Publish=True))
    api("CreateAlias", FunctionName="fn", Name="live", FunctionVersion="1", Description="d")
    api("CreateAlias", "taken name", FunctionName="fn", Name="live", FunctionVersion="1")
    api("CreateAlias", "missing version", FunctionName="fn", Name="other", FunctionVersion="9")
    api("UpdateFunctionCode", FunctionName="fn", ZipFile=OTHER)
    api("PublishVersion", "new code", FunctionName="fn")
    weights = {"AdditionalVersionWeights": {"2": 0.5}}
    api("CreateAlias", "routing", FunctionName="fn", Name="canary", FunctionVersion="1", RoutingConfig=weights)
    api("GetAlias", FunctionName="fn", Name="live")
    api("GetAlias", "missing", FunctionName="fn", Name="other")
    api("UpdateAlias", FunctionName="fn", Name="live", FunctionVersion="2", Description="new")
    api("UpdateAlias", "missing", FunctionName="fn", Name="other", FunctionVersion="2")
    api("UpdateAlias", "stale revision", FunctionName="fn", Name="live", RevisionId="old")
    api("ListAliases", FunctionName="fn")
    api("GetFunction", "alias", FunctionName="fn", Qualifier="live")
    api("DeleteFunction", "aliased version", FunctionName="fn", Qualifier="1")
    api("DeleteAlias", FunctionName="fn", Name="live")
    api("DeleteAlias", "missing", FunctionName="fn", Name="live")
    api("GetFunction", "missing alias", FunctionName="fn", Qualifier="live")


def concurrency(api: Api) -> None:
    api("PutFunctionConcurrency", "missing", FunctionName="fn", ReservedConcurrentExecutions=1)
    api("CreateFunction", **request())
    api("GetFunctionConcurrency", "none", FunctionName="fn")
    api("PutFunctionConcurrency", FunctionName="fn", ReservedConcurrentExecutions=15)
    api("GetFunctionConcurrency", FunctionName="fn")
    api("GetFunction", "reserved concurrency", FunctionName="fn")
    api("PutFunctionConcurrency", "too much", FunctionName="fn", ReservedConcurrentExecutions=1000)
    api("DeleteFunctionConcurrency", FunctionName="fn")
    api("GetAccountSettings")


def tags(api: Api) -> None:
    api("ListTags", "missing", Resource=ARN)
    api("CreateFunction", "tags", **request(Tags={"a": "1"}))
    api("ListTags", Resource=ARN)
    api("TagResource", Resource=ARN, Tags={"b": "2"})
    api("TagResource", "missing", Resource=f"{ARN}-other", Tags={"b": "2"})
    api("TagResource", "version", Resource=f"{ARN}:1", Tags={"b": "2"})
    api("UntagResource", Resource=ARN, TagKeys=["a"])
    api("GetFunction", "tags", FunctionName="fn")


def permissions(api: Api) -> None:
    grant = {
        "Action": "lambda:InvokeFunction",
        "Principal": "432143214321",
        "SourceArn": "arn:aws:s3:::bucket",
    }
    api("AddPermission", "missing", FunctionName="fn", StatementId="s1", **grant)
    api("CreateFunction", **request())
    api("GetPolicy", "none", FunctionName="fn")
    api("AddPermission", FunctionName="fn", StatementId="s1", **grant)
    api("AddPermission", "taken id", FunctionName="fn", StatementId="s1", **grant)
    api("GetPolicy", FunctionName="fn")
    api("RemovePermission", FunctionName="fn", StatementId="s1")
    api("RemovePermission", "missing", FunctionName="fn", StatementId="s1")


def layers(api: Api) -> None:
    api("ListLayers", "none")
    api("PublishLayerVersion", LayerName="lib", Content={"ZipFile": PACKAGE}, CompatibleRuntimes=["python3.13"])
    api("ListLayers")
    api("ListLayerVersions", LayerName="lib")
    api("GetLayerVersion", LayerName="lib", VersionNumber=1)
    api("GetLayerVersion", "missing", LayerName="lib", VersionNumber=9)
    grant = {"StatementId": "s", "Action": "lambda:GetLayerVersion", "Principal": "*"}
    api("AddLayerVersionPermission", LayerName="lib", VersionNumber=1, **grant)
    api("GetLayerVersionPolicy", LayerName="lib", VersionNumber=1)
    api("RemoveLayerVersionPermission", LayerName="lib", VersionNumber=1, StatementId="s")
    api("CreateFunction", "layer", **request(Layers=[f"arn:aws:lambda:us-east-1:{ACCOUNT}:layer:lib:1"]))
    api("DeleteLayerVersion", LayerName="lib", VersionNumber=1)


def event_source_mappings(api: Api) -> None:
    sqs = boto3.client("sqs", REGION)
    queue = sqs.create_queue(QueueName="q")["QueueUrl"]
    queue_arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    api("CreateEventSourceMapping", "missing function", FunctionName="fn", EventSourceArn=queue_arn)
    api("CreateFunction", **request())
    uuid = api("CreateEventSourceMapping", FunctionName="fn", EventSourceArn=queue_arn)["UUID"]
    api("GetEventSourceMapping", UUID=uuid)
    api("ListEventSourceMappings", FunctionName="fn")
    api("UpdateEventSourceMapping", UUID=uuid, BatchSize=5, Enabled=False)
    api("DeleteEventSourceMapping", UUID=uuid)
    api("GetEventSourceMapping", "missing", UUID=uuid)


def event_invoke_configs(api: Api) -> None:
    api("CreateFunction", **request())
    api("GetFunctionEventInvokeConfig", "none", FunctionName="fn")
    api("PutFunctionEventInvokeConfig", FunctionName="fn", MaximumRetryAttempts=1, MaximumEventAgeInSeconds=60)
    api("GetFunctionEventInvokeConfig", FunctionName="fn")
    api("UpdateFunctionEventInvokeConfig", FunctionName="fn", MaximumRetryAttempts=2)
    api("ListFunctionEventInvokeConfigs", FunctionName="fn")
    api("DeleteFunctionEventInvokeConfig", FunctionName="fn")


def urls(api: Api) -> None:
    api("CreateFunctionUrlConfig", "missing", FunctionName="fn", AuthType="NONE")
    api("CreateFunction", **request())
    api("CreateFunctionUrlConfig", FunctionName="fn", AuthType="AWS_IAM", Cors={"AllowOrigins": ["*"]})
    api("GetFunctionUrlConfig", FunctionName="fn")
    api("UpdateFunctionUrlConfig", FunctionName="fn", AuthType="NONE")
    api("ListFunctionUrlConfigs", FunctionName="fn")
    api("DeleteFunctionUrlConfig", FunctionName="fn")
    api("GetFunctionUrlConfig", "missing", FunctionName="fn")


def invocations(api: Api) -> None:
    api("Invoke", "missing", FunctionName="fn")
    api("CreateFunction", **request())
    api("Invoke", FunctionName="fn", Payload=b'{"a": 1}')
    api("Invoke", "event", FunctionName="fn", InvocationType="Event", Payload=b"{}")
    api("Invoke", "dry run", FunctionName="fn", InvocationType="DryRun")
    # Not InvokeAsync: plain moto looks for Docker then, whatever its configuration says.
    api("InvokeWithResponseStream", FunctionName="fn")


def operational_settings(api: Api) -> None:
    api("CreateFunction", **request())
    api("PublishVersion", FunctionName="fn")
    provisioned = {"FunctionName": "fn", "Qualifier": "1"}
    api("PutProvisionedConcurrencyConfig", **provisioned, ProvisionedConcurrentExecutions=1)
    api("GetProvisionedConcurrencyConfig", **provisioned)
    api("ListProvisionedConcurrencyConfigs", FunctionName="fn")
    api("DeleteProvisionedConcurrencyConfig", **provisioned)
    api("PutFunctionRecursionConfig", FunctionName="fn", RecursiveLoop="Allow")
    api("GetFunctionRecursionConfig", FunctionName="fn")
    api("PutRuntimeManagementConfig", FunctionName="fn", UpdateRuntimeOn="FunctionUpdate")
    api("GetRuntimeManagementConfig", FunctionName="fn")
    profile = f"arn:aws:signer:us-east-1:{ACCOUNT}:/signing-profiles/p/{'0' * 10}"
    made = api("CreateCodeSigningConfig", AllowedPublishers={"SigningProfileVersionArns": [profile]})
    arn = made["CodeSigningConfig"]["CodeSigningConfigArn"] if made else NO_SIGNING
    api("GetCodeSigningConfig", CodeSigningConfigArn=arn)
    api("ListCodeSigningConfigs")
    api("PutFunctionCodeSigningConfig", FunctionName="fn", CodeSigningConfigArn=arn)
    api("DeleteFunctionCodeSigningConfig", FunctionName="fn")
    api("DeleteCodeSigningConfig", CodeSigningConfigArn=arn)


SEQUENCES: list[Callable[[Api], None]] = [
    functions,
    settings,
    refusals,
    code_of_s3,
    updates,
    versions,
    same_code,
    aliases,
    concurrency,
    tags,
    permissions,
    layers,
    event_source_mappings,
    event_invoke_configs,
    urls,
    invocations,
    operational_settings,
]


def _plain(answer: Any) -> Any:
    if isinstance(answer, dict):
        return {name: _plain(value) for name, value in answer.items() if name != "ResponseMetadata"}
    if isinstance(answer, list):
        return [_plain(value) for value in answer]
    if hasattr(answer, "read"):
        answer = answer.read()
    if hasattr(answer, "__iter__") and not isinstance(answer, (str, bytes)):
        return [_plain(event) for event in answer]
    if isinstance(answer, (int, float)):
        return answer
    text = answer.decode() if isinstance(answer, bytes) else str(answer)
    for pattern, name in _VOLATILE:
        text = pattern.sub(name, text)
    return text
