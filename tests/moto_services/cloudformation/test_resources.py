from __future__ import annotations

import importlib
import json
import subprocess
import sys
from typing import Any

import boto3
import pytest
import requests
from botocore.exceptions import ClientError
from moto import mock_aws
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from support.builders import make_role, make_zip

from moto_lambda_urls import LambdaUrlsServer, mock_lambda_urls
from moto_lambda_urls.moto_services.cloudformation import parser
from moto_lambda_urls.moto_services.cloudformation.resources import UrlResource

ACCOUNT = "123456789012"
CODE = "def handler(event, context): return {'statusCode': 200, 'body': event['rawPath']}"


def function(code: Any = CODE, **properties: Any) -> Any:
    return {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "FunctionName": "orders",
            "Code": {"ZipFile": code},
            "Handler": "index.handler",
            "Runtime": "python3.13",
            "Role": make_role(boto3.client("iam", "us-east-1")),
            **properties,
        },
    }


def url(**properties: Any) -> Any:
    return {
        "Type": "AWS::Lambda::Url",
        "Properties": {"TargetFunctionArn": {"Ref": "Orders"}, "AuthType": "NONE", **properties},
    }


def version(**rest: Any) -> Any:
    return {"Type": "AWS::Lambda::Version", "Properties": {"FunctionName": {"Ref": "Orders"}}, **rest}


def alias(of: Any, name: str = "live") -> Any:
    return {
        "Type": "AWS::Lambda::Alias",
        "Properties": {
            "Name": name,
            "FunctionName": {"Ref": "Orders"},
            "FunctionVersion": {"Fn::GetAtt": [of, "Version"]},
        },
    }


def grants(target: str = "Orders") -> Any:
    properties = {"FunctionName": {"Ref": target}, "Principal": "*"}
    url_grant = {**properties, "Action": "lambda:InvokeFunctionUrl", "FunctionUrlAuthType": "NONE"}
    function_grant = {**properties, "Action": "lambda:InvokeFunction", "InvokedViaFunctionUrl": "true"}
    return {
        "UrlGrant": {"Type": "AWS::Lambda::Permission", "Properties": url_grant},
        "FunctionGrant": {"Type": "AWS::Lambda::Permission", "Properties": function_grant},
    }


def physical_ids(urls: Any) -> Any:
    summaries = urls.client("cloudformation").list_stack_resources(StackName="shop")["StackResourceSummaries"]
    return {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in summaries}


def configs(urls: Any, name: str = "orders") -> Any:
    found = urls.client("lambda").list_function_url_configs(FunctionName=name)["FunctionUrlConfigs"]
    return [
        {key: each[key] for key in ("FunctionArn", "AuthType", "InvokeMode", "Cors") if key in each} for each in found
    ]


def statements(urls: Any, **target: Any) -> Any:
    policy = urls.client("lambda").get_policy(FunctionName="orders", **target)["Policy"]
    return json.loads(policy)["Statement"]


def test_url_and_its_outputs(mock: Any, stack: Any) -> None:
    outputs = stack(
        {"Orders": function(), "Url": url(), **grants()},
        outputs={
            "Ref": {"Ref": "Url"},
            "FunctionUrl": {"Fn::GetAtt": ["Url", "FunctionUrl"]},
            "FunctionArn": {"Fn::GetAtt": ["Url", "FunctionArn"]},
            "Sub": {"Fn::Sub": "${Url.FunctionUrl}orders"},
        },
    )
    arn = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:orders"
    deployed = mock.find("orders")
    assert outputs == {"Ref": arn, "FunctionUrl": deployed, "FunctionArn": arn, "Sub": f"{deployed}orders"}
    assert physical_ids(mock)["Url"] == arn
    assert requests.get(outputs["Sub"]).text == "/orders"


def test_all_properties_of_a_url(mock: Any, stack: Any) -> None:
    cors = {"AllowOrigins": ["*"], "AllowMethods": ["GET"], "AllowCredentials": "true", "MaxAge": "300"}
    resources = {
        "Orders": function(),
        "Version": version(),
        "Alias": alias("Version"),
        "Url": {
            **url(AuthType="AWS_IAM", Cors=cors, InvokeMode="RESPONSE_STREAM", Qualifier="live"),
            "DependsOn": "Alias",
        },
    }
    stack(resources)
    assert configs(mock) == [
        {
            "FunctionArn": f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:orders:live",
            "AuthType": "AWS_IAM",
            "InvokeMode": "RESPONSE_STREAM",
            "Cors": {"AllowOrigins": ["*"], "AllowMethods": ["GET"], "AllowCredentials": True, "MaxAge": 300},
        }
    ]


def test_unknown_attribute_of_a_url(stack: Any) -> None:
    with pytest.raises(ClientError, match=r"resource Url does not support attribute type Nothing in Fn::GetAtt"):
        stack({"Orders": function(), "Url": url()}, outputs={"Wrong": {"Fn::GetAtt": ["Url", "Nothing"]}})


def test_refused_properties_of_a_url(stack: Any) -> None:
    with pytest.raises(ClientError, match=r"ValidationError.*message: \"1 validation.*'PUBLIC' at 'authType' failed"):
        stack({"Orders": function(), "Url": url(AuthType="PUBLIC")})


def test_url_without_a_target(stack: Any) -> None:
    with pytest.raises(ClientError, match=r"'functionName' failed to satisfy constraint: Member must not be null"):
        stack({"Url": {"Type": "AWS::Lambda::Url", "Properties": {"AuthType": "NONE"}}})


def test_updated_url_keeps_its_id(mock: Any, stack: Any) -> None:
    stack({"Orders": function(), "Url": url(Cors={"MaxAge": 1}, InvokeMode="RESPONSE_STREAM")})
    before = mock.find("orders")
    stack({"Orders": function(), "Url": url(AuthType="AWS_IAM")})
    assert mock.find("orders") == before
    assert configs(mock) == [
        {
            "FunctionArn": f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:orders",
            "AuthType": "AWS_IAM",
            "InvokeMode": "BUFFERED",
        }
    ]


def test_url_updated_through_a_parameter(mock: Any, stack: Any) -> None:
    declared = {"Auth": {"Type": "String"}}
    resources = {"Orders": function(), "Url": url(AuthType={"Ref": "Auth"})}
    stack(resources, declared=declared, parameters={"Auth": "NONE"})
    stack(resources, declared=declared, parameters={"Auth": "AWS_IAM"})
    assert configs(mock)[0]["AuthType"] == "AWS_IAM"


def test_url_of_another_alias_replaces_it(mock: Any, stack: Any) -> None:
    both = {
        "Orders": function(),
        "Version": version(),
        "Live": alias("Version"),
        "Beta": alias("Version", "beta"),
    }
    stack({**both, "Url": url(TargetFunctionArn={"Ref": "Live"})})
    before = mock.find("orders", "live")
    outputs = stack(
        {**both, "Url": url(TargetFunctionArn={"Ref": "Beta"})},
        outputs={"Url": {"Fn::GetAtt": ["Url", "FunctionUrl"]}, "Ref": {"Ref": "Url"}},
    )
    assert [each["FunctionArn"].split(":")[-1] for each in configs(mock)] == ["beta"]
    assert outputs == {
        "Url": mock.find("orders", "beta"),
        "Ref": f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:orders:beta",
    }
    assert requests.get(before).json() == {"Message": None}


def test_same_function_by_another_name_is_no_replacement(mock: Any, stack: Any) -> None:
    stack({"Orders": function(), "Url": url()})
    before = mock.find("orders")
    stack({"Orders": function(), "Url": url(TargetFunctionArn={"Fn::GetAtt": ["Orders", "Arn"]})})
    assert mock.find("orders") == before


def test_removed_url(mock: Any, stack: Any) -> None:
    stack({"Orders": function(), "Url": url()})
    stack({"Orders": function()})
    assert configs(mock) == []


@pytest.mark.filterwarnings("ignore:Unable to delete")
def test_deleted_stack(mock: Any, stack: Any) -> None:
    stack({"Url": url(), "Orders": function(), **grants()})
    mock.client("cloudformation").delete_stack(StackName="shop")
    assert mock.client("lambda").list_functions()["Functions"] == []


def test_deleted_stack_of_another_stacks_function(mock: Any, stack: Any, create_function: Any) -> None:
    create_function("orders")
    permission = grants()["UrlGrant"]
    permission["Properties"]["FunctionName"] = "orders"
    stack({"Url": url(TargetFunctionArn="orders"), "Grant": permission})
    assert len(statements(mock)) == 1
    mock.client("cloudformation").delete_stack(StackName="shop")
    assert configs(mock) == []
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        statements(mock)


def test_stack_whose_url_is_gone_already(mock: Any, stack: Any) -> None:
    stack({"Orders": function(), "Url": url(), **grants()})
    mock.client("lambda").delete_function_url_config(FunctionName="orders")
    mock.client("lambda").remove_permission(FunctionName="orders", StatementId=physical_ids(mock)["UrlGrant"])
    mock.client("cloudformation").delete_stack(StackName="shop")
    assert mock.client("lambda").list_functions()["Functions"] == []


def test_stack_whose_function_is_gone_already(mock: Any, stack: Any) -> None:
    stack({"Orders": function(), "Url": url(), **grants()})
    mock.client("lambda").delete_function(FunctionName="orders")
    client = mock.client("cloudformation")
    client.delete_stack(StackName="shop")
    assert [each["StackStatus"] for each in client.list_stacks()["StackSummaries"]] == ["DELETE_COMPLETE"]


def test_all_properties_of_a_permission(mock: Any, stack: Any) -> None:
    properties = {
        "FunctionName": {"Ref": "Orders"},
        "Action": "lambda:InvokeFunctionUrl",
        "Principal": ACCOUNT,
        "EventSourceToken": "token",
        "FunctionUrlAuthType": "AWS_IAM",
        "PrincipalOrgID": "o-1234567890",
        "SourceAccount": 123456789012,
        "SourceArn": "arn:aws:s3:::bucket",
    }
    stack({"Orders": function(), "Grant": {"Type": "AWS::Lambda::Permission", "Properties": properties}})
    assert statements(mock) == [
        {
            "Sid": physical_ids(mock)["Grant"],
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
            "Action": "lambda:InvokeFunctionUrl",
            "Resource": f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:orders",
            "Condition": {
                "StringEquals": {
                    "AWS:SourceAccount": "123456789012",
                    "lambda:EventSourceToken": "token",
                    "lambda:FunctionUrlAuthType": "AWS_IAM",
                    "aws:PrincipalOrgID": "o-1234567890",
                },
                "ArnLike": {"AWS:SourceArn": "arn:aws:s3:::bucket"},
            },
        }
    ]


def test_changed_and_removed_permission(mock: Any, stack: Any) -> None:
    permissions = grants()
    stack({"Orders": function(), **permissions})
    permissions["UrlGrant"]["Properties"]["Principal"] = ACCOUNT
    del permissions["FunctionGrant"]
    stack({"Orders": function(), **permissions})
    assert [each["Principal"] for each in statements(mock)] == [{"AWS": f"arn:aws:iam::{ACCOUNT}:root"}]


def test_permission_that_aws_refuses(stack: Any) -> None:
    permission = grants()["UrlGrant"]
    permission["Properties"]["Principal"] = "nobody"
    with pytest.raises(ClientError, match="The provided principal was invalid"):
        stack({"Orders": function(), "Grant": permission})


def test_properties_of_a_function_that_moto_leaves_out(mock: Any, stack: Any) -> None:
    properties = {
        "Architectures": ["arm64"],
        "EphemeralStorage": {"Size": "1024"},
        "Environment": {"Variables": {"STAGE": "test", "DEBUG": True, "LEVEL": 3}},
        "MemorySize": "256",
        "Tags": [{"Key": "team", "Value": "shop"}],
        "Timeout": "30",
        "TracingConfig": {"Mode": "Active"},
    }
    stack({"Orders": function(**properties)})
    found = mock.client("lambda").get_function(FunctionName="orders")
    assert {name: found["Configuration"][name] for name in properties if name != "Tags"} == {
        "Architectures": ["arm64"],
        "EphemeralStorage": {"Size": 1024},
        "Environment": {"Variables": {"STAGE": "test", "DEBUG": "true", "LEVEL": "3"}},
        "MemorySize": 256,
        "Timeout": 30,
        "TracingConfig": {"Mode": "Active"},
    }
    assert found["Tags"] == {"team": "shop"}


@pytest.mark.in_process
def test_tag_of_a_template_chooses_the_id(stack: Any) -> None:
    tags = [{"Key": "_custom_id_", "Value": "orders"}]
    outputs = stack(
        {"Orders": function(Tags=tags), "Url": url()}, outputs={"Url": {"Fn::GetAtt": ["Url", "FunctionUrl"]}}
    )
    assert outputs == {"Url": "https://orders.lambda-url.us-east-1.on.aws/"}


def test_updated_function_runs_its_new_code(mock: Any, stack: Any) -> None:
    resources = {"Orders": function(Timeout=9, Description="first"), "Url": url(), **grants()}
    outputs = stack(resources, outputs={"Url": {"Fn::GetAtt": ["Url", "FunctionUrl"]}})
    assert requests.get(f"{outputs['Url']}a").text == "/a"
    stack({**resources, "Orders": function("def handler(event, context): return 'new'")})
    assert requests.get(outputs["Url"]).text == "new"
    configuration = mock.client("lambda").get_function_configuration(FunctionName="orders")
    assert (configuration["Timeout"], configuration["Description"]) == (3, "")


def test_function_that_exists(stack: Any, create_function: Any) -> None:
    create_function("orders")
    with pytest.raises(ClientError, match="Function already exist: orders"):
        stack({"Orders": function()})


def test_renamed_function_is_another_one(mock: Any, stack: Any) -> None:
    stack({"Orders": function(), "Url": url()})
    stack({"Orders": function(FunctionName="renamed"), "Url": url(AuthType="AWS_IAM")})
    assert [each["FunctionName"] for each in mock.client("lambda").list_functions()["Functions"]] == ["renamed"]
    assert [each["AuthType"] for each in configs(mock, "renamed")] == ["AWS_IAM"]


def test_new_version_is_one_of_the_new_code(mock: Any, stack: Any) -> None:
    resources = {
        "Orders": function(),
        "VersionA": version(DeletionPolicy="Retain"),
        "Live": alias("VersionA"),
        "Url": url(TargetFunctionArn={"Ref": "Live"}),
        **grants("Live"),
    }
    stack(resources)
    deployed = mock.find("orders", "live")
    assert requests.get(f"{deployed}a").text == "/a"
    del resources["VersionA"]
    changed = function("def handler(event, context): return context.function_version")
    stack({**resources, "Orders": changed, "VersionB": version(DeletionPolicy="Retain"), "Live": alias("VersionB")})
    assert requests.get(deployed).text == "2"
    versions = mock.client("lambda").list_versions_by_function(FunctionName="orders")["Versions"]
    assert [each["Version"] for each in versions] == ["$LATEST", "1", "2"]


def test_attributes_of_version_and_alias(mock: Any, stack: Any) -> None:
    outputs = stack(
        {"Orders": function(), "Version": version(), "Alias": alias("Version")},
        outputs={
            "Version": {"Fn::GetAtt": ["Version", "Version"]},
            "VersionRef": {"Ref": "Version"},
            "AliasRef": {"Ref": "Alias"},
        },
    )
    arn = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:orders"
    assert outputs == {"Version": "1", "VersionRef": f"{arn}:1", "AliasRef": f"{arn}:live"}


def test_weighted_alias(mock: Any, stack: Any) -> None:
    resources = {"Orders": function(), "First": version()}
    stack({**resources, "Live": alias("First")})
    weighted = alias("First")
    weighted["Properties"]["RoutingConfig"] = {
        "AdditionalVersionWeights": [
            {"FunctionVersion": {"Fn::GetAtt": ["Second", "Version"]}, "FunctionWeight": "0.25"}
        ]
    }
    changed = function("def handler(event, context): return 2")
    stack({**resources, "Orders": changed, "Second": version(), "Live": weighted})
    found = mock.client("lambda").get_alias(FunctionName="orders", Name="live")
    assert (found["FunctionVersion"], found["RoutingConfig"]) == ("1", {"AdditionalVersionWeights": {"2": 0.25}})


def sam_template(code: str = "app.zip", **url_config: Any) -> Any:
    """What the SAM translator makes of a function with a URL, and a published alias."""
    source = {
        "Transform": "AWS::Serverless-2016-10-31",
        "Globals": {"Function": {"Timeout": 5, "Environment": {"Variables": {"STAGE": "test"}}}},
        "Resources": {
            "Orders": {
                "Type": "AWS::Serverless::Function",
                "Properties": {
                    "AutoPublishAlias": "live",
                    "CodeUri": {"Bucket": "code", "Key": code},
                    "FunctionUrlConfig": {"AuthType": "NONE", "Cors": {"AllowOrigins": ["*"]}, **url_config},
                    "Handler": "app.handler",
                    "Runtime": "python3.13",
                },
            },
        },
        "Outputs": {"Url": {"Value": {"Fn::GetAtt": ["OrdersUrl", "FunctionUrl"]}}},
    }
    return json.dumps(Translator({}, Parser()).translate(source, {}))


SAM_CODE = "import os\ndef handler(event, context): return f\"{os.environ['STAGE']} {context.function_version}\""


def put_code(s3: Any, key: str = "app.zip", code: Any = SAM_CODE) -> None:
    s3.put_object(Bucket="code", Key=key, Body=make_zip(code))


def test_sam_template_deploys_and_deploys_again(mock: Any) -> None:
    put = mock.client("s3").create_bucket
    put(Bucket="code")
    put_code(mock.client("s3"))
    client = mock.client("cloudformation")
    client.create_stack(StackName="sam", TemplateBody=sam_template(), Capabilities=["CAPABILITY_IAM"])
    deployed = sam_url(client)
    answer = requests.get(deployed, headers={"Origin": "https://shop"})
    assert (answer.text, answer.headers["Access-Control-Allow-Origin"]) == ("test 1", "https://shop")
    put_code(mock.client("s3"), "new.zip", "def handler(event, context): return f'new {context.function_version}'")
    client.update_stack(StackName="sam", TemplateBody=sam_template("new.zip"), Capabilities=["CAPABILITY_IAM"])
    assert sam_url(client) == deployed
    assert requests.get(deployed).text == "new 2"


def test_change_sets_deploy_and_deploy_again(mock: Any) -> None:
    mock.client("s3").create_bucket(Bucket="code")
    put_code(mock.client("s3"))
    put_code(mock.client("s3"), "new.zip", "def handler(event, context): return f'new {context.function_version}'")
    client = mock.client("cloudformation")
    for kind, code, answer in (("CREATE", "app.zip", "test 1"), ("UPDATE", "new.zip", "new 2")):
        client.create_change_set(
            StackName="sam", ChangeSetName=kind.lower(), ChangeSetType=kind, TemplateBody=sam_template(code)
        )
        client.execute_change_set(StackName="sam", ChangeSetName=kind.lower())
        # moto has no outputs for a stack that a change set made.
        [deployed] = mock.client("lambda").list_functions()["Functions"]
        assert requests.get(mock.find(deployed["FunctionName"], "live")).text == answer


def sam_url(client: Any) -> Any:
    return client.describe_stacks(StackName="sam")["Stacks"][0]["Outputs"][0]["OutputValue"]


@pytest.mark.in_process
def test_sam_template_on_a_server() -> None:
    with LambdaUrlsServer() as server:
        client, s3 = (server.urls.client(service) for service in ("cloudformation", "s3"))
        s3.create_bucket(Bucket="code")
        put_code(s3)
        client.create_stack(StackName="sam", TemplateBody=sam_template(), Capabilities=["CAPABILITY_IAM"])
        deployed = sam_url(client)
        assert deployed.startswith(f"{server.endpoint_url}/_aws/lambda-url/")
        assert requests.get(deployed).text == "test 1"


@pytest.mark.in_process
def test_url_of_a_stack_has_the_host_name_that_the_client_used() -> None:
    with LambdaUrlsServer() as server:
        mine = server.urls.client("s3")
        mine.create_bucket(Bucket="code")
        put_code(mine)
        asked = server.endpoint_url.replace("127.0.0.1", "localhost")
        client = boto3.client(
            "cloudformation",
            "us-east-1",
            endpoint_url=asked,
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )
        client.create_stack(StackName="sam", TemplateBody=sam_template(), Capabilities=["CAPABILITY_IAM"])
        deployed = sam_url(client)
        assert deployed.startswith(f"{asked}/_aws/lambda-url/")
        assert requests.get(deployed).text == "test 1"


@pytest.mark.in_process
def test_moto_has_its_own_again() -> None:
    parsing = importlib.import_module("moto.cloudformation.parsing")
    before = (parsing.resource_class_from_type, parsing.parse_and_create_resource)
    with mock_lambda_urls(), mock_lambda_urls():
        assert parsing.resource_class_from_type("AWS::Lambda::Url") is UrlResource
        assert parsing.resource_class_from_type("AWS::SQS::Queue").__name__ == "Queue"
    assert (parsing.resource_class_from_type, parsing.parse_and_create_resource) == before
    with mock_aws():
        assert parsing.resource_class_from_type("AWS::Lambda::Url") is None


@pytest.mark.in_process
def test_uninstall_without_install() -> None:
    with pytest.raises(RuntimeError, match=r"^uninstall\(\) without install\(\)$"):
        parser.uninstall()


@pytest.mark.in_process
def test_parser_is_imported_when_it_is_used() -> None:
    code = """
import sys
from moto_lambda_urls import mock_lambda_urls
with mock_lambda_urls() as urls:
    client = urls.client("lambda")
    client.list_functions()
    early = "moto.cloudformation.parsing" in sys.modules
    urls.client("cloudformation").list_stacks()
    parsing = sys.modules["moto.cloudformation.parsing"]
    print(early, parsing.resource_class_from_type("AWS::Lambda::Url").__name__)
print(parsing.resource_class_from_type.__module__, parsing.__spec__.loader.exec_module.__qualname__, len(sys.meta_path))
with mock_lambda_urls() as urls:
    print(parsing.resource_class_from_type("AWS::Lambda::Url").__name__)
"""
    finders = len(sys.meta_path)
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert finders
    assert shown.splitlines()[0] == "False UrlResource"
    assert shown.splitlines()[1].startswith("moto.cloudformation.parsing _LoaderBasics.exec_module ")
    assert shown.splitlines()[2] == "UrlResource"
