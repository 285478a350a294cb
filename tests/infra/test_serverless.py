"""osls, the open fork of the Serverless Framework, against a server, and what it packages in a mock."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from support.npm import Npm
from support.projects import HANDLER, Project, assert_answers, assert_gone, commands

from moto_lambda_urls import mock_lambda_urls

CONFIGURATION = """
service: shop
provider: {name: aws, runtime: python3.11}
functions:
  shop: {handler: shop.handler, url: true}
"""


@pytest.fixture
def tools(npm: Npm, project: Project) -> Path:
    """The folder of the command ``osls``; the project is a service of one function."""
    project.write({"serverless.yml": CONFIGURATION, "shop.py": HANDLER})
    return npm.install("osls@4") / "node_modules" / ".bin"


def test_deploy_and_remove(project: Project, tools: Path) -> None:
    deploy, remove = commands("osls")
    printed = re.search(r"^endpoint: (\S+)$", project.run(deploy, tools=tools), re.MULTILINE)
    assert printed is not None
    assert_answers(printed[1])
    project.run(remove, tools=tools)
    assert_gone(printed[1])


def test_packaged(project: Project, tools: Path) -> None:
    project.run("osls package", tools=tools)
    with mock_lambda_urls() as lambda_urls:
        with pytest.warns(UserWarning, match=r"moto cannot create \w+ \(AWS::S3::BucketPolicy\)"):
            stack = lambda_urls.deploy_template(project.folder / ".serverless")
        assert (stack.name, stack.functions) == ("shop-dev", {"ShopLambdaFunction": "shop-dev-shop"})
        assert_answers(str(stack.url()))
