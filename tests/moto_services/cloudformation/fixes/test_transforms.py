from __future__ import annotations

import json
import sys
from typing import Any

import pytest
import requests
from botocore.exceptions import ClientError
from support.stacks import outputs, sam_template

from moto_lambda_urls import LambdaUrls

SHOP = """
Transform: AWS::Serverless-2016-10-31
Parameters:
  Stage: {Type: String, Default: dev}
Globals:
  Function:
    Runtime: python3.13
    Environment:
      Variables: {STAGE: !Ref Stage, TABLE: !Ref Table}
Conditions:
  IsDev: !Equals [!Ref Stage, dev]
  IsProd: !Not [!Condition IsDev]
Resources:
  Shop:
    Type: AWS::Serverless::Function
    Properties:
      Handler: index.handler
      AutoPublishAlias: live
      InlineCode: |
        import os, boto3
        def handler(event, context):
            if "Records" in event:
                body = event["Records"][0]["body"]
                boto3.client("dynamodb").put_item(TableName=os.environ["TABLE"], Item={"id": {"S": body}})
            return f"{os.environ['STAGE']} {context.function_version}"
      FunctionUrlConfig:
        AuthType: NONE
        Cors: {AllowOrigins: [!If [IsProd, "https://shop.example", "*"]]}
      Policies:
        - AmazonSQSFullAccess
        - arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess
        - DynamoDBCrudPolicy: {TableName: !Ref Table}
      Events:
        Order: {Type: SQS, Properties: {Queue: !GetAtt Orders.Arn}}
        Tick: {Type: Schedule, Properties: {Schedule: rate(5 minutes)}}
  Orders: {Type: AWS::SQS::Queue}
  Table: {Type: AWS::Serverless::SimpleTable}
Outputs:
  Url: {Value: !GetAtt ShopUrl.FunctionUrl}
  Table: {Value: !Ref Table}
  Queue: {Value: !Ref Orders}
"""


def stage(value: str) -> list[dict[str, str]]:
    return [{"ParameterKey": "Stage", "ParameterValue": value}]


def create(client: Any, template: str, **given: Any) -> dict[str, str]:
    client.create_stack(StackName="shop", TemplateBody=template, Capabilities=["CAPABILITY_AUTO_EXPAND"], **given)
    return outputs(client)


def test_url_of_an_alias(mock: LambdaUrls) -> None:
    found = create(mock.client("cloudformation"), SHOP, Parameters=stage("prod"))
    answer = requests.get(found["Url"], headers={"Origin": "https://shop.example"})
    assert (answer.text, answer.headers["Access-Control-Allow-Origin"]) == ("prod 1", "https://shop.example")


def test_policies_of_a_role(mock: LambdaUrls) -> None:
    create(mock.client("cloudformation"), SHOP)
    iam = mock.client("iam")
    [name] = [each["RoleName"] for each in iam.list_roles()["Roles"] if "ShopRole" in each["RoleName"]]
    attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    assert [each["PolicyName"] for each in attached] == [
        "AWSLambdaBasicExecutionRole",
        "AWSLambdaSQSQueueExecutionRole",
        "AmazonS3ReadOnlyAccess",
        "AmazonSQSFullAccess",
    ]
    [inline] = iam.list_role_policies(RoleName=name)["PolicyNames"]
    policy = iam.get_role_policy(RoleName=name, PolicyName=inline)["PolicyDocument"]
    assert "dynamodb:PutItem" in policy["Statement"][0]["Action"]


def test_event_source(mock: LambdaUrls) -> None:
    found = create(mock.client("cloudformation"), SHOP)
    mock.client("sqs").send_message(QueueUrl=found["Queue"], MessageBody="42")
    assert mock.client("dynamodb").scan(TableName=found["Table"])["Items"] == [{"id": {"S": "42"}}]


def test_update_with_other_parameters(mock: LambdaUrls) -> None:
    client = mock.client("cloudformation")
    url = create(client, SHOP)["Url"]
    client.update_stack(StackName="shop", UsePreviousTemplate=True, Parameters=stage("prod"))
    assert (requests.get(url).text, outputs(client)["Url"]) == ("dev 1", url)  # no new code, so no new version
    client.update_stack(StackName="shop", TemplateBody=SHOP.replace("{os", "new {os"), Parameters=stage("prod"))
    assert (requests.get(url).text, outputs(client)["Url"]) == ("new prod 2", url)


def test_deleted_stack(mock: LambdaUrls) -> None:
    client = mock.client("cloudformation")
    create(client, SHOP)
    client.delete_stack(StackName="shop")
    assert mock.client("lambda").list_functions()["Functions"] == []
    assert mock.client("iam").list_roles()["Roles"] == []


def test_submitted_and_processed_template(mock: LambdaUrls) -> None:
    client = mock.client("cloudformation")
    create(client, sam_template())
    processed = client.get_template(StackName="shop")
    assert processed["StagesAvailable"] == ["Original", "Processed"]
    assert sorted(each["Type"] for each in processed["TemplateBody"]["Resources"].values()) == [
        "AWS::IAM::Role",
        "AWS::Lambda::Function",
        "AWS::Lambda::Permission",
        "AWS::Lambda::Permission",
        "AWS::Lambda::Url",
    ]
    assert client.get_template(StackName="shop", TemplateStage="Original")["TemplateBody"] == sam_template()


def test_change_set_without_a_change(mock: LambdaUrls) -> None:
    client = mock.client("cloudformation")
    create(client, sam_template())
    client.create_change_set(
        StackName="shop", ChangeSetName="same", ChangeSetType="UPDATE", TemplateBody=sam_template() + "# a comment\n"
    )
    assert client.describe_change_set(StackName="shop", ChangeSetName="same")["Status"] == "FAILED"


def test_region_that_is_not_the_environments(mock: LambdaUrls) -> None:
    found = create(mock.client("cloudformation", "eu-west-1"), sam_template())
    assert requests.get(found["Url"]).text == "hello"
    [function] = mock.client("lambda", "eu-west-1").list_functions()["Functions"]
    assert function["FunctionArn"].split(":")[3] == "eu-west-1"


@pytest.mark.parametrize("operation", ["create_stack", "create_change_set"])
@pytest.mark.parametrize(
    ("template", "message"),
    [
        (
            sam_template().replace("AWS::Serverless-2016-10-31", "Mine"),
            (
                "The template's Transform Mine cannot be applied: of CloudFormation's macros, "
                "AWS::Serverless-2016-10-31 alone is. Deploy what the macro makes of the template."
            ),
        ),
        (
            "Transform: {Name: AWS::Include, Parameters: {Location: s3://code/more.yaml}}\nResources: {}\n",
            (
                "The template's Transform AWS::Include cannot be applied: of CloudFormation's macros, "
                "AWS::Serverless-2016-10-31 alone is. Deploy what the macro makes of the template."
            ),
        ),
        (
            "Resources:\n  A:\n    Type: AWS::SQS::Queue\n    Properties: !Transform {Name: AWS::Include}\n",
            "Fn::Transform at Resources/A/Properties cannot be applied: write out what the macro makes.",
        ),
        (
            "Transform: AWS::LanguageExtensions\nResources:\n  'Fn::ForEach::Q': [X, [a, b], {}]\n",
            "Fn::ForEach::Q of AWS::LanguageExtensions, at Resources, is not evaluated: write out what it makes.",
        ),
        (
            sam_template().replace("      Handler: index.handler\n", ""),
            (
                "Transform AWS::Serverless-2016-10-31 failed with: Invalid Serverless Application Specification "
                "document. Number of errors found: 1. Resource with id [Hello] is invalid. Runtime and "
                "Handler needs to be present when PackageType is of type `Zip`"
            ),
        ),
        (
            "Transform: AWS::Serverless-2016-10-31\nOutputs: {}\n",
            "Template format error: At least one Resources member must be defined.",
        ),
        ("{}", "Template format error: At least one Resources member must be defined."),
        (
            "Transform: AWS::Serverless-2016-10-31\nResources: {A: {Type: AWS::Serverless::Function, Properties: 3}}\n",
            "Template format error: [/Resources/A] resource definition is malformed",
        ),
        ("Parameters: 3\nResources: {A: {Type: AWS::SQS::Queue}}\n", "Template format error: [/Parameters] is not"),
        (f"A: {'[' * 1000}{']' * 1000}", "Template format error: the template is nested too deeply"),
        ("Resources: [\n", "Template format error: "),
        ("- Resources\n", "Template format error: a template is a mapping with Resources"),
        (
            (
                "Transform: AWS::Serverless-2016-10-31\nResources:\n  App:\n    Type: AWS::Serverless::Application\n"
                "    Properties: {Location: {ApplicationId: arn, SemanticVersion: 1.0.0}}\n"
            ),
            (
                "Resource App is an application of the Serverless Application Repository, which is not mocked: "
                "give the location of its template."
            ),
        ),
    ],
)
def test_template_that_is_refused(mock: LambdaUrls, operation: str, template: str, message: str) -> None:
    client = mock.client("cloudformation")
    change_set = {"ChangeSetName": "new", "ChangeSetType": "CREATE"} if operation == "create_change_set" else {}
    with pytest.raises(ClientError) as refused:
        getattr(client, operation)(StackName="shop", TemplateBody=template, **change_set)
    error = refused.value.response["Error"]
    assert error["Code"] == "ValidationError"
    assert error["Message"].startswith(message)
    assert client.list_stacks()["StackSummaries"] == []


@pytest.mark.in_process
def test_without_the_translator(mock: LambdaUrls, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "samtranslator.translator.translator", None)
    with pytest.raises(ClientError) as refused:
        create(mock.client("cloudformation"), sam_template())
    assert refused.value.response["Error"]["Message"] == (
        "The template's Transform AWS::Serverless-2016-10-31 needs aws-sam-translator, which is not installed: "
        "pip install 'moto-lambda-urls[sam]'"
    )
    assert mock.client("cloudformation").list_stacks()["StackSummaries"] == []


def test_refused_update_changes_nothing(mock: LambdaUrls) -> None:
    client = mock.client("cloudformation")
    url = create(client, sam_template())["Url"]
    with pytest.raises(ClientError, match="Transform Mine cannot be applied"):
        client.update_stack(
            StackName="shop", TemplateBody=sam_template("new").replace("AWS::Serverless-2016-10-31", "Mine")
        )
    assert requests.get(url).text == "hello"
    client.update_stack(StackName="shop", TemplateBody=sam_template("new"))
    assert requests.get(url).text == "new"


def test_language_extension_that_moto_has(mock: LambdaUrls) -> None:
    template = {
        "Transform": ["AWS::LanguageExtensions"],
        "Resources": {"Orders": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "orders"}}},
        "Outputs": {"Json": {"Value": {"Fn::ToJsonString": {"queue": {"Fn::GetAtt": "Orders.QueueName"}}}}},
    }
    assert create(mock.client("cloudformation"), json.dumps(template)) == {"Json": '{"queue": "orders"}'}
