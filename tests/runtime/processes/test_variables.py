"""The environment that a process has, and what it has not."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from support.processes import function_of, result
from support.runtime_builders import make_function, run

from moto_lambda_urls.runtime.processes import Environments
from moto_lambda_urls.runtime.processes.variables import process_variables
from moto_lambda_urls.runtime.variables import PASSED_ON

EVERYTHING = "import os\ndef handler(event, context): return dict(os.environ)"


@pytest.mark.in_process
def test_nothing_of_the_tests_but_what_a_process_needs(pool: Environments, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_PROFILE", "PYTHONPATH", "SECRET", "PYTHONSTARTUP", "NODE_OPTIONS"):
        monkeypatch.setenv(name, "the test's")
    monkeypatch.setenv("SSL_CERT_FILE", "/ca.pem")
    seen = result(pool, function_of(EVERYTHING, environment={"OWN": "é"}))
    assert "the test's" not in seen.values()
    assert (seen["OWN"], seen["SSL_CERT_FILE"], seen["AWS_LAMBDA_FUNCTION_NAME"]) == ("é", "/ca.pem", "orders")
    assert set(seen) - set(PASSED_ON) == {
        "AWS_DEFAULT_REGION",
        "AWS_EC2_METADATA_DISABLED",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_LAMBDA_RUNTIME_API",
        "AWS_REGION",
        "AWS_XRAY_CONTEXT_MISSING",
        "HOME",
        "LAMBDA_RUNTIME_DIR",
        "LAMBDA_TASK_ROOT",
        "LANG",
        "OWN",
        "TZ",
        "_HANDLER",
    }


@pytest.mark.in_process
def test_no_credentials_of_the_developers(pool: Environments) -> None:
    source = "import boto3\ndef handler(event, context): return boto3.Session().get_credentials() is None"
    assert result(pool, function_of(source, timeout=20)) is True


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("/opt/there", "{folder}/opt/there"),
        ("/var/task/there", "{folder}/task/there"),
        ("/opt", "{folder}/opt"),
        ("/opt/missing", "/opt/missing"),
        ("/optional", "/optional"),
        ("x/opt/there", "x/opt/there"),
        ("--require /opt/there --x=/var/task/there", "--require {folder}/opt/there --x={folder}/task/there"),
        ("/a:/opt/there:/b", "/a:{folder}/opt/there:/b"),
        ("http://host/opt/there", "http://host/opt/there"),
    ],
)
def test_paths_of_the_package_and_its_layers(tmp_path: Path, value: str, expected: str) -> None:
    for name in ("task", "opt"):
        (tmp_path / name / "there").mkdir(parents=True)
    variables = process_variables({"V": value}, folder=tmp_path, authority="127.0.0.1:1")
    assert variables["V"] == expected.format(folder=tmp_path)


@pytest.mark.in_process
def test_a_function_that_calls_another_passes_nothing_on(pool: Environments) -> None:
    inner = function_of(EVERYTHING, name="inner")

    def outer(_event: Any, _context: Any) -> Any:
        assert os.environ["PATH"].startswith("/outer")
        return result(pool, inner)

    path = f"/outer:{os.environ['PATH']}"
    outcome = run(outer, make_function(name="outer", environment={"PATH": path, "SSL_CERT_FILE": "/outer"}))
    seen = json.loads(outcome.payload)
    assert seen["AWS_LAMBDA_FUNCTION_NAME"] == "inner"
    assert "/outer" not in seen["PATH"]
    assert seen.get("SSL_CERT_FILE") != "/outer"
    assert "START RequestId" in outcome.logs
    assert outcome.logs.count("START RequestId") == 1
