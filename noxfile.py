"""The suite on every installed Python, and against the lowest and the newest supported moto."""

from __future__ import annotations

import os
from pathlib import Path

import nox

PYTHONS = ["3.10", "3.11", "3.12", "3.13"]
LOWEST = ["moto==5.2.4", "boto3==1.43.0", "botocore==1.43.0"]

CLIENT_TESTS = [
    "tests/intercept",
    "tests/messages/test_hosts.py",
    "tests/test_clients.py",
    "tests/gateway/test_streaming.py",
    "tests/control/operations/test_streams.py",
]

nox.options.sessions = ["tests", "lowest", "urllib3_1"]
nox.options.error_on_missing_interpreters = False
nox.options.reuse_existing_virtualenvs = True


def _find_pyenv() -> None:
    """Put pyenv's versions on the path: its shims fail for those that are not chosen."""
    versions = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser() / "versions"
    folders = [str(path) for version in PYTHONS for path in versions.glob(f"{version}.*/bin")]
    os.environ["PATH"] = os.pathsep.join([*folders, os.environ["PATH"]])


_find_pyenv()


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """The whole suite with the newest releases."""
    session.install("--quiet", "--editable", ".[test]")
    session.run("python", "-m", "pytest", "-n", "2", *session.posargs)


@nox.session(python=PYTHONS[0])
def lowest(session: nox.Session) -> None:
    """The whole suite with the lowest supported moto and botocore."""
    session.install("--quiet", "--editable", ".[test]", *LOWEST)
    session.run("python", "-m", "pytest", "-n", "2", *session.posargs)


@nox.session
def urllib3_1(session: nox.Session) -> None:
    """What every HTTP client does, with urllib3 1.26."""
    session.install("--quiet", "--editable", ".[test]", "urllib3<2")
    session.run("python", "-m", "pytest", "-n", "2", *CLIENT_TESTS, *session.posargs)


@nox.session(python=PYTHONS)
def smoke(session: nox.Session) -> None:
    """The main paths only, quickly."""
    session.install("--quiet", "--editable", ".[test]")
    session.run("python", "-m", "pytest", "-n", "2", "-m", "smoke", *session.posargs)


@nox.session(python="3.11")
def tools(session: nox.Session) -> None:
    """The mock beside the tools that people test with."""
    session.install("--quiet", "--editable", ".[tools]")
    aioboto3 = Path(session.create_tmp()) / "aioboto3"  # it pins an older botocore
    session.run("python", "-m", "venv", str(aioboto3))
    python = str(aioboto3 / "bin" / "python")
    session.run(python, "-m", "pip", "install", "--quiet", "aioboto3", external=True)
    options = ["-n", "2", "-p", "no:ddtrace", *session.posargs]
    session.run("python", "-m", "pytest", *options, "tests/tools", env={"AIOBOTO3_PYTHON": python})


@nox.session
def leaks(session: nox.Session) -> None:
    """Thousands of mocks, and many threads: nothing is left behind, nothing is crossed."""
    session.install("--quiet", "--editable", ".[test]")
    session.run("python", "-m", "pytest", "-m", "slow", "tests/test_leaves_nothing.py", "tests/test_many_at_once.py")
