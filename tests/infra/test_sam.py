"""The AWS SAM CLI against a server, and its templates in a mock: before and after ``sam build``."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from support.projects import Project, assert_answers, assert_gone, commands
from support.virtual_environments import VirtualEnvironments

from moto_lambda_urls import mock_lambda_urls

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Shop:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: src
      Handler: shop.handler
      Runtime: python3.11
      FunctionUrlConfig: {AuthType: NONE}
Outputs:
  Url: {Value: !GetAtt ShopUrl.FunctionUrl}
"""
SHOP = """
from apig_wsgi import make_lambda_handler
from bottle import Bottle, request

app = Bottle()


@app.route("/<path:path>", method=["GET", "POST"])
def answer(path):
    return {"method": request.method, "path": request.path, "body": request.body.read().decode()}


handler = make_lambda_handler(app)
"""


@pytest.fixture
def tools(virtual_environments: VirtualEnvironments, project: Project) -> Path:
    """The folder of the command ``sam``; the project is a function with requirements, which the tests have, too."""
    files = {"template.yaml": TEMPLATE, "src/shop.py": SHOP, "src/requirements.txt": "apig-wsgi\nbottle\n"}
    project.write(files)
    return virtual_environments.install("aws-sam-cli")


def test_deploy_and_delete(project: Project, tools: Path) -> None:
    build, deploy, delete = commands("SAM")
    project.run(build, tools=tools)
    printed = re.search(r"^Key +Url\s+Description +-\s+Value +(\S+)", project.run(deploy, tools=tools), re.MULTILINE)
    assert printed is not None
    assert_answers(printed[1])
    project.run(delete, tools=tools)
    assert_gone(printed[1])


def test_templates_in_a_mock(project: Project, tools: Path) -> None:
    project.run("sam build", tools=tools)
    with mock_lambda_urls() as lambda_urls:
        for path in (".aws-sam/build/template.yaml", "template.yaml"):
            stack = lambda_urls.deploy_template(project.folder / path, stack_name="shop")
            assert stack.outputs == {"Url": str(stack.url("Shop"))}
            assert_answers(stack.outputs["Url"])
