"""Zappa against a server, and what it packages in a mock."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from support.projects import Project, assert_answers, assert_gone, commands
from support.virtual_environments import VirtualEnvironments

from moto_lambda_urls import mock_lambda_urls

SHOP = """
from flask import Flask, request

app = Flask(__name__)


@app.route("/<path:path>", methods=["GET", "POST"])
def answer(path):
    return {"method": request.method, "path": request.path, "body": request.get_data(as_text=True)}
"""
SETTINGS = {
    "app_function": "shop.app",
    "project_name": "shop",
    "runtime": "python3.11",
    "s3_bucket": "code",
    "apigateway_enabled": False,
    "function_url_enabled": True,
    "keep_warm": False,
}


@pytest.fixture
def tools(virtual_environments: VirtualEnvironments, project: Project) -> Path:
    """The folder of the command ``zappa``; the project is an application of Flask, with a URL in place of an API."""
    project.write({"shop.py": SHOP, "zappa_settings.json": json.dumps({"dev": SETTINGS})})
    return virtual_environments.install("zappa", "flask")


def test_deploy_and_undeploy(project: Project, tools: Path) -> None:
    deploy, undeploy = commands("Zappa")
    printed = re.search(r"^function URL address: (\S+)$", project.run(deploy, tools=tools), re.MULTILINE)
    assert printed is not None
    assert_answers(printed[1])
    project.run(undeploy, tools=tools)
    assert_gone(printed[1])


def test_packaged(project: Project, tools: Path) -> None:
    project.run("zappa package dev --output shop.zip", tools=tools)
    with mock_lambda_urls() as lambda_urls:
        url = lambda_urls.deploy(project.folder / "shop.zip", handler_name="handler.lambda_handler", timeout=30)
        assert_answers(str(url))
