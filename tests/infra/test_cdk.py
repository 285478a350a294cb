"""The AWS CDK against a server, and what it synthesizes in a mock."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from support.npm import Npm
from support.projects import HANDLER, Project, assert_answers, assert_gone, commands

from moto_lambda_urls import mock_lambda_urls

CDK = ("aws-cdk@2", "aws-cdk-lib@2", "constructs@10")
APP = """
const { App, CfnOutput, Stack } = require("aws-cdk-lib");
const lambda = require("aws-cdk-lib/aws-lambda");

const stack = new Stack(new App(), "Shop");
const shop = new lambda.Function(stack, "Function", {
  runtime: lambda.Runtime.PYTHON_3_11,
  handler: "shop.handler",
  code: lambda.Code.fromAsset("src"),
});
const url = shop.addFunctionUrl({ authType: lambda.FunctionUrlAuthType.NONE });
new CfnOutput(stack, "Url", { value: url.url });
"""


@pytest.fixture
def tools(npm: Npm, project: Project) -> Path:
    """The folder of the command ``cdk``; the project is an app that finds the CDK's packages."""
    installed = npm.install(*CDK) / "node_modules"
    (project.folder / "node_modules").symlink_to(installed)
    project.write({"app.js": APP, "cdk.json": '{"app": "node app.js"}', "src/shop.py": HANDLER})
    return installed / ".bin"


def test_deploy_and_destroy(project: Project, tools: Path) -> None:
    bootstrap, deploy, destroy = commands("The CDK")
    project.run(bootstrap, tools=tools)
    printed = re.search(r"^Shop\.Url = (\S+)$", project.run(deploy, tools=tools), re.MULTILINE)
    assert printed is not None
    assert_answers(printed[1])
    project.run(destroy, tools=tools)
    assert_gone(printed[1])


def test_synthesized(project: Project, tools: Path) -> None:
    project.run("cdk synth --quiet", tools=tools)
    with mock_lambda_urls() as lambda_urls:
        stack = lambda_urls.deploy_template(project.folder / "cdk.out")
        assert stack.name == "Shop"
        assert stack.outputs == {"Url": str(stack.url())}
        assert_answers(stack.outputs["Url"])
