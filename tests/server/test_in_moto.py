"""What the server says where moto's own server cannot run."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from support.commands import HERE

pytestmark = pytest.mark.in_process

NEEDED = "moto's server needs Flask: pip install 'moto-lambda-urls[server]'"
WITHOUT_FLASK = "import sys; sys.modules['flask_cors'] = None; "


def without_flask(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """``code`` run where the extra ``server`` is not installed."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", WITHOUT_FLASK + code, *arguments],
        env={**os.environ, "PYTHONPATH": HERE},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("command", [["server"], ["serve", "app.py:handler"], ["--version"]], ids=" ".join)
def test_command_without_its_extra(command: list[str]) -> None:
    ran = without_flask("from moto_lambda_urls.__main__ import main; sys.exit(main())", *command)
    assert (ran.returncode, ran.stdout, ran.stderr) == (2, "", f"moto-lambda-urls: {NEEDED}\n")


def test_import_without_the_extra() -> None:
    ran = without_flask("from moto_lambda_urls import LambdaUrlsServer")
    assert ran.stderr.splitlines()[-1] == f"ImportError: {NEEDED}"


def test_process_without_the_extra() -> None:
    code = (
        "from moto_lambda_urls import mock_lambda_urls\n"
        "import logging; logging.basicConfig(format='%(message)s')\n"
        "from moto_lambda_urls.mock.installation import _serve\n"
        "from moto_lambda_urls.state.scope import Scope\n"
        "print(_serve(Scope()))"
    )
    ran = without_flask(code)
    assert (ran.stdout, ran.stderr) == (
        "None\n",
        f"Functions in processes do not reach the mocked AWS: {NEEDED}\n",
    )
