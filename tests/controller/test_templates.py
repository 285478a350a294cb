from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import requests
from botocore.exceptions import ClientError
from support.builders import make_zip

from moto_lambda_urls import LambdaUrls, Stack

HANDLER = "import os\ndef handler(event, context): return f\"{os.environ.get('STAGE')} {event['rawPath']}\"\n"
SAM = """
Transform: AWS::Serverless-2016-10-31
Parameters:
  Stage: {Type: String, Default: dev}
  Other: {Type: String, Default: ""}
Resources:
  Shop:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: src/
      Handler: app.handler
      Runtime: python3.13
      FunctionUrlConfig: {AuthType: NONE}
      Environment: {Variables: {STAGE: !Sub "${Stage}${Other}"}}
Outputs:
  Url: {Value: !GetAtt ShopUrl.FunctionUrl}
"""
PLAIN = {
    "Resources": {
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {}}},
        "Layer": {"Type": "AWS::Lambda::LayerVersion", "Properties": {"LayerName": "shared", "Content": "layer"}},
        "Shop": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "Code": "src",
                "Handler": "app.handler",
                "Layers": [{"Ref": "Layer"}],
                "Role": {"Fn::GetAtt": "Role.Arn"},
                "Runtime": "python3.13",
            },
        },
        "Url": {"Type": "AWS::Lambda::Url", "Properties": {"AuthType": "NONE", "TargetFunctionArn": {"Ref": "Shop"}}},
        "Grant": {
            "Type": "AWS::Lambda::Permission",
            "Properties": {
                "Action": "lambda:InvokeFunctionUrl",
                "FunctionName": {"Ref": "Shop"},
                "FunctionUrlAuthType": "NONE",
                "Principal": "*",
            },
        },
        "Other": {
            "Type": "AWS::Lambda::Permission",
            "Properties": {
                "Action": "lambda:InvokeFunction",
                "FunctionName": {"Ref": "Shop"},
                "InvokedViaFunctionUrl": True,
                "Principal": "*",
            },
        },
    }
}

Write = Callable[[Mapping[str, str]], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write files into the folder ``shop``, and give the folder."""
    folder = tmp_path / "shop"

    def write(files: Mapping[str, str]) -> Path:
        for name, content in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(content, encoding="utf-8")
        return folder

    return write


@pytest.fixture
def shop(write: Write) -> Path:
    """A SAM application on the disk."""
    return write({"template.yaml": SAM, "src/app.py": HANDLER})


def names(mock: LambdaUrls) -> list[str]:
    return [each["StackName"] for each in mock.client("cloudformation").list_stacks()["StackSummaries"]]


def test_sam_template(mock: LambdaUrls, shop: Path) -> None:
    stack = mock.deploy_template(shop / "template.yaml")
    assert requests.get(f"{stack.outputs['Url']}orders/7").text == "dev /orders/7"
    assert stack.url("Shop") == stack.url("ShopUrl") == stack.url() == stack.outputs["Url"]
    assert stack.urls == {"ShopUrl": stack.outputs["Url"]}
    assert list(stack.functions) == ["Shop"]
    assert (stack.name, stack.region_name, repr(stack)) == ("shop", "us-east-1", "<Stack shop in us-east-1>")


def test_folder_given_as_text(mock: LambdaUrls, shop: Path) -> None:
    assert requests.get(mock.deploy_template(str(shop)).url()).text == "dev /"


def test_plain_template_in_json(mock: LambdaUrls, write: Write) -> None:
    files = {"shop.json": json.dumps(PLAIN), "src/app.py": "import shared\nhandler = shared.handler\n"}
    folder = write({**files, "layer/python/shared.py": HANDLER})
    stack = mock.deploy_template(folder / "shop.json", stack_name="my-shop")
    assert requests.get(f"{stack.url('Shop')}a").text == "None /a"
    assert names(mock) == ["my-shop"]


def test_parameters_region_and_name(mock: LambdaUrls, shop: Path) -> None:
    stack = mock.deploy_template(shop, parameters={"Stage": "prod"}, stack_name="other", region_name="eu-central-1")
    assert requests.get(stack.url()).text == "prod /"
    assert (stack.name, stack.region_name, stack.url().region_name) == ("other", "eu-central-1", "eu-central-1")


def test_parameter_that_the_template_lacks(mock: LambdaUrls, shop: Path) -> None:
    with pytest.raises(ValueError, match=r"template.yaml' has no parameter Stge; its parameters: Stage, Other$"):
        mock.deploy_template(shop, parameters={"Stge": "test"})
    assert names(mock) == []


def test_update_keeps_what_it_does_not_name(mock: LambdaUrls, shop: Path) -> None:
    stack = mock.deploy_template(shop, parameters={"Stage": "prod"})
    url = stack.url("Shop")
    (shop / "src" / "app.py").write_text(HANDLER.replace("rawPath", "version"), encoding="utf-8")
    stack.update(shop, parameters={"Other": "!"})
    assert (requests.get(url).text, stack.url("Shop")) == ("prod! 2.0", url)


def test_second_deployment_changes_the_first(mock: LambdaUrls, shop: Path) -> None:
    first = mock.deploy_template(shop)
    assert mock.deploy_template(shop).outputs == first.outputs
    (shop / "src" / "app.py").write_text("def handler(event, context): return 'new'", encoding="utf-8")
    assert requests.get(mock.deploy_template(shop).url()).text == "new"
    assert names(mock) == ["shop"]


def test_deleted_stack(mock: LambdaUrls, shop: Path) -> None:
    stack = mock.deploy_template(shop)
    url = stack.url()
    stack.delete()
    assert requests.get(url).json() == {"Message": None}
    assert requests.get(mock.deploy_template(shop).url()).text == "dev /"


def test_url_of_an_alias(mock: LambdaUrls, shop: Path) -> None:
    template = shop / "template.yaml"
    template.write_text(SAM.replace("CodeUri", "AutoPublishAlias: live\n      CodeUri"), encoding="utf-8")
    stack = mock.deploy_template(template)
    url = stack.url("Shop")
    assert (url.qualifier, url) == ("live", stack.url("ShopAliaslive"))
    assert requests.get(url).text == "dev /"


def test_urls_that_are_not_there(mock: LambdaUrls, shop: Path) -> None:
    template = shop / "template.yaml"
    second = SAM.partition("Resources:\n")[2].partition("Outputs:")[0].replace("Shop", "Second")
    bare = second.replace("Second", "Bare").replace("FunctionUrlConfig: {AuthType: NONE}", "")
    template.write_text(SAM.replace("Outputs:", f"{second}{bare}Outputs:"), encoding="utf-8")
    stack: Stack = mock.deploy_template(template)
    assert sorted(stack.urls) == ["SecondUrl", "ShopUrl"]
    shown = rf"its URLs: ShopUrl \({stack.functions['Shop']}\), SecondUrl \({stack.functions['Second']}\)$"
    for asked in ("Bare", "Missing", "ShopRole"):
        with pytest.raises(LookupError, match=rf"^the stack 'shop' has not one URL of '{asked}'; {shown}"):
            stack.url(asked)
    with pytest.raises(LookupError, match=rf"^the stack 'shop' has not one URL; {shown}"):
        stack.url()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("CodeUri: src/", "CodeUri: none/", r"^Shop: CodeUri is 'none/', and there is no '.*shop.none'$"),
        ("Resources:", "Resources:\n  Empty:", r"\[/Resources/Empty\] resource definition is malformed$"),
        (
            "CodeUri: src/",
            "CodeUri: notes.txt",
            r"^Shop: CodeUri is 'notes.txt': .* give a folder, a .py file",
        ),
        ("Resources:", "Globals: {Function: {CodeUri: none}}\nResources:", r"^Globals.Function: CodeUri is 'none'"),
    ],
)
def test_code_that_cannot_be_packaged(mock: LambdaUrls, shop: Path, old: str, new: str, message: str) -> None:
    (shop / "notes.txt").write_text("none", encoding="utf-8")
    (shop / "template.yaml").write_text(SAM.replace(old, new), encoding="utf-8")
    with pytest.raises((FileNotFoundError, ValueError), match=message):
        mock.deploy_template(shop)
    assert names(mock) == []


def test_templates_that_are_not_there(mock: LambdaUrls, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"^there is no template '.*none.yaml'$"):
        mock.deploy_template(tmp_path / "none.yaml")
    with pytest.raises(FileNotFoundError, match=r"has none of template.yaml, template.yml, template.json, and is no"):
        mock.deploy_template(tmp_path)
    (tmp_path / "template.yaml").write_text("a: [", encoding="utf-8")
    with pytest.raises(ValueError, match=r"^the template '.*template.yaml' cannot be read: "):
        mock.deploy_template(tmp_path)


def test_refused_template_can_be_mended(mock: LambdaUrls, shop: Path) -> None:
    (shop / "template.yaml").write_text(SAM.replace("Handler", "Handlers"), encoding="utf-8")
    with pytest.raises(ClientError, match=r"Transform AWS::Serverless-2016-10-31 failed with: .*\[Shop\]"):
        mock.deploy_template(shop)
    (shop / "template.yaml").write_text(SAM, encoding="utf-8")
    assert requests.get(mock.deploy_template(shop).url()).text == "dev /"


@pytest.mark.parametrize(
    ("transform", "message"),
    [
        (
            "",
            r"Unrecognized resource types: \[AWS::Serverless::Function\].* the line Transform: AWS::Serverless-2016",
        ),
        ("Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]", "Fn::ForEach::Many .* is not evaluated"),
    ],
)
def test_what_would_make_an_empty_stack(mock: LambdaUrls, shop: Path, transform: str, message: str) -> None:
    loop = "Resources:\n  Fn::ForEach::Many: [Name, [A, B], {'Topic${Name}': {Type: AWS::SNS::Topic}}]"
    template = SAM.replace("Transform: AWS::Serverless-2016-10-31", transform)
    template = template.replace("Resources:", loop) if transform else template
    (shop / "template.yaml").write_text(template, encoding="utf-8")
    with pytest.raises(ClientError, match=message):
        mock.deploy_template(shop)
    assert names(mock) == []


def test_code_of_the_templates_own_folder(mock: LambdaUrls, write: Write) -> None:
    folder = write({"template.yml": SAM.replace("      CodeUri: src/\n", ""), "app.py": HANDLER})
    assert requests.get(mock.deploy_template(folder).url()).text == "dev /"


def test_shared_code_and_a_layer_of_sam(mock: LambdaUrls, write: Write) -> None:
    sam = SAM.replace("      CodeUri: src/\n", "      Layers: [!Ref Lib]\n").replace(
        "Resources:",
        "Globals: {Function: {CodeUri: src}}\nResources:\n"
        "  Lib: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: lib}}",
    )
    files = {"template.yaml": sam, "src/app.py": "from lib import handler", "lib/python/lib.py": HANDLER}
    assert requests.get(mock.deploy_template(write(files)).url()).text == "dev /"


def test_code_in_a_zip_a_file_and_a_bucket(mock: LambdaUrls, shop: Path) -> None:
    template = shop / "template.yaml"
    (shop / "code.zip").write_bytes(make_zip(HANDLER))
    mock.client("s3").create_bucket(Bucket="code")
    mock.client("s3").put_object(Bucket="code", Key="code.zip", Body=make_zip(HANDLER))
    for code in ("code.zip", "src/app.py", "s3://code/code.zip", "{Bucket: code, Key: code.zip}"):
        template.write_text(SAM.replace("CodeUri: src/", f"CodeUri: {code}"), encoding="utf-8")
        assert requests.get(mock.deploy_template(shop).url()).text == "dev /"


def test_nested_template(mock: LambdaUrls, shop: Path) -> None:
    (shop / "inner").mkdir()
    shutil.move(shop / "template.yaml", shop / "inner" / "inner.yaml")
    shutil.move(shop / "src", shop / "inner" / "src")
    (shop / "template.yaml").write_text(
        "Resources:\n  Inner:\n    Type: AWS::CloudFormation::Stack\n    Properties: {TemplateURL: inner/inner.yaml}\n"
        "Outputs:\n  Url: {Value: !GetAtt Inner.Outputs.Url}\n",
        encoding="utf-8",
    )
    stack = mock.deploy_template(shop)
    url = stack.outputs["Url"]
    assert requests.get(url).text == "dev /"
    (shop / "inner" / "src" / "app.py").write_text("def handler(event, context): return 'new'", encoding="utf-8")
    stack.update(shop)
    assert (requests.get(url).text, stack.outputs["Url"]) == ("new", url)
    stack.delete()
    assert mock.client("lambda").list_functions()["Functions"] == []


def test_template_that_nests_itself(mock: LambdaUrls, write: Write) -> None:
    nested = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "template.json"}}
    path = write({"template.json": json.dumps({"Resources": {"Again": nested}})})
    with pytest.raises(ValueError, match=r"^Again: TemplateURL is 'template.json': .*the template nests itself$"):
        mock.deploy_template(path)


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{}", r"At least one Resources member must be defined\."),
        ("Resources: [A]", r"\[/Resources\] is not an object"),
        ("Resources: {A: 1}", r"\[/Resources/A\] resource definition is malformed"),
        ("Resources: {A: {Type: [1]}}", r"\[/Resources/A\] Every Resources object must contain a Type member\."),
    ],
)
def test_template_of_another_shape(mock: LambdaUrls, write: Write, template: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        mock.deploy_template(write({"template.yaml": template}))


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("Transform: AWS::LanguageExtensions\nResources: {'Fn::ForEach::Q': [X, [a], {}]}", "is not evaluated"),
        (
            "Transform: AWS::Serverless-2016-10-31\nResources: {A: {Type: AWS::Serverless::Api, Properties: }}",
            "StageName",
        ),
    ],
)
def test_template_that_only_the_server_can_judge(mock: LambdaUrls, write: Write, template: str, message: str) -> None:
    with pytest.raises(ClientError, match=message):
        mock.deploy_template(write({"template.yaml": template}))


def test_equal_code_is_uploaded_once(mock: LambdaUrls, shop: Path) -> None:
    for name in ("one", "two"):
        mock.deploy_template(shop, stack_name=name)
    [bucket] = mock.client("s3").list_buckets()["Buckets"]
    assert bucket["Name"] == "moto-lambda-urls-123456789012-us-east-1"
    assert len(mock.client("s3").list_objects_v2(Bucket=bucket["Name"])["Contents"]) == 1
