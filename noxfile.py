"""The suite on every installed Python, and against the lowest and the newest releases of other packages."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import nox
from nox.command import CommandFailed

PYTHONS = ["3.10", "3.11", "3.12", "3.13", "3.14", "3.15"]
LOWEST = ["moto==5.2.4", "boto3==1.43.0", "botocore==1.43.0"]
WORKERS = ["-n", "3", "--dist", "worksteal"]  # three on two cores: tests wait for processes, and for time to pass
AGAIN = ["--last-failed", "--last-failed-no-failures", "none"]
CLIENT_TESTS = [
    "tests/intercept",
    "tests/messages/test_addresses.py",
    "tests/test_clients.py",
    "tests/gateway/test_streaming.py",
    "tests/control/operations/test_streams.py",
]

# moto needs aws-sam-translator, and that an exact minor release of pydantic, which may have no wheel for the newest
# Python: an older aws-sam-translator will do where building pydantic-core would need a Rust compiler.
WHEELS = ["--only-binary", "pydantic-core"]

# uv takes a third of pip's time, and knows nothing of pip's settings.
nox.options.default_venv_backend = os.environ.get("NOX_DEFAULT_VENV_BACKEND", "uv|virtualenv")
nox.options.download_python = "never"
nox.options.sessions = ["tests", "lowest", "urllib3_1"]
nox.options.error_on_missing_interpreters = False
nox.options.reuse_existing_virtualenvs = True

# As pip does: a module that is first compiled while tests run warns there, where warnings are errors.
os.environ["UV_COMPILE_BYTECODE"] = "1"
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def _find_pythons() -> None:
    """Put pyenv's versions on the path, whose shims fail for those that are not chosen, and /usr/local/bin."""
    versions = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser() / "versions"
    folders = [str(path) for version in PYTHONS for path in versions.glob(f"{version}.*/bin")]
    os.environ["PATH"] = os.pathsep.join([*folders, "/usr/local/bin", os.environ["PATH"]])


_find_pythons()

OLDEST = next(version for version in PYTHONS if shutil.which(f"python{version}"))
STABLE = "3.14"


def _install(session: nox.Session, *requirements: str) -> None:
    session.install("--quiet", *WHEELS, "--editable", ".[test]", "pip", *requirements)


def _pytest(session: nox.Session, *arguments: str, runner: tuple[str, ...] = ("-m",), **variables: str) -> None:
    """Run the tests; those that fail once more, one by one: beside others, on a busy machine, time runs out."""
    failed = Path(".pytest_cache", session.name)  # its own: sessions run side by side
    shutil.rmtree(failed, ignore_errors=True)
    command = ["python", *runner, "pytest", "-o", f"cache_dir={failed}"]
    workers = [] if "smoke" in [*arguments, *session.posargs] else WORKERS  # those take longer to find than to run
    try:
        session.run(*command, *workers, *arguments, *session.posargs, env=variables)
    except CommandFailed:
        session.run(*command, *AGAIN, *arguments, *session.posargs, env=variables)


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """The whole suite with the newest releases."""
    _install(session)
    _pytest(session)


@nox.session(python=STABLE)
def coverage(session: nox.Session) -> None:
    """The whole suite with the newest releases, and what of the package and the tests it runs, in all processes."""
    _install(session, "coverage>=7.10")
    session.run("coverage", "erase")
    _pytest(session, runner=("-m", "coverage", "run", "-m"), COVERAGE_CORE="sysmon")  # of branches too since 3.14
    session.run("coverage", "combine", "--quiet")
    session.run("coverage", "report")


@nox.session(python=PYTHONS)
def smoke(session: nox.Session) -> None:
    """The main paths only, quickly."""
    _install(session)
    _pytest(session, "-m", "smoke")


@nox.session(python=OLDEST)
def lowest(session: nox.Session) -> None:
    """The whole suite with the lowest supported moto and botocore."""
    _install(session, *LOWEST)
    _pytest(session)


@nox.session(python=STABLE)
def newest(session: nox.Session) -> None:
    """The whole suite with the newest releases of all libraries, pre-releases too."""
    _install(session, "--upgrade", "--pre")
    session.run("python", "-m", "pip", "list", "--format", "freeze")
    _pytest(session)


@nox.session
def urllib3_1(session: nox.Session) -> None:
    """What every HTTP client does, with urllib3 1.26."""
    _install(session, "urllib3<2")
    _pytest(session, *CLIENT_TESTS)


@nox.session(python="3.11")
def tools(session: nox.Session) -> None:
    """The mock beside the tools that people test with, in the releases that docs/tools.md names."""
    rows = re.findall(r"^\| ([\w-]+) \| (\d\S*) \|", Path("docs/tools.md").read_text(), re.MULTILINE)
    releases = Path(session.create_tmp()) / "releases.txt"
    releases.write_text("".join(f"{tool}=={release}\n" for tool, release in rows))
    _beside_tools(session, "--constraint", str(releases.resolve()))


@nox.session(python="3.11")
def newest_tools(session: nox.Session) -> None:
    """The mock beside the newest releases of the tools."""
    _beside_tools(session, "--upgrade", TOOLS_NEWEST="1")


def _beside_tools(session: nox.Session, *options: str, **variables: str) -> None:
    _install(session, "--editable", ".[tools]", *options)
    aioboto3 = Path(session.create_tmp()) / "aioboto3"  # it pins an older botocore
    session.run("python", "-m", "venv", str(aioboto3))
    python = str(aioboto3 / "bin" / "python")
    session.run(python, "-m", "pip", "install", "--quiet", "aioboto3", *options, external=True)
    _pytest(session, "-p", "no:ddtrace", "tests/tools", AIOBOTO3_PYTHON=python, **variables)


@nox.session(python="3.11")
def infra(session: nox.Session) -> None:
    """The server under what npm installs: the AWS SDK for JavaScript."""
    _install(session)
    session.run("python", "-m", "pytest", "tests/infra", *session.posargs)


@nox.session(python="3.13")
def packages(session: nox.Session) -> None:
    """Deployment packages with popular distributions inside, which pip downloads."""
    _install(session)
    session.run("python", "-m", "pytest", "tests/packages", *session.posargs)


@nox.session(python="3.13", reuse_venv=False)
def build(session: nox.Session) -> None:
    """An sdist that tests itself, and a wheel: built, checked, and the sdist's main paths against the wheel."""
    session.install("--quiet", "build", "twine")
    folder = Path(session.create_tmp()).resolve()
    shutil.rmtree(folder, ignore_errors=True)
    session.run("python", "-m", "build", "--outdir", str(folder), silent=True)
    [sdist], [wheel] = folder.glob("*.tar.gz"), folder.glob("*.whl")
    session.run("twine", "check", "--strict", str(sdist), str(wheel))
    shutil.unpack_archive(sdist, folder, filter="data")
    session.install("--quiet", *WHEELS, f"moto-lambda-urls[test] @ {wheel.as_uri()}", "pip")
    session.chdir(folder / sdist.name.removesuffix(".tar.gz"))
    shutil.rmtree("moto_lambda_urls")  # what is tested is the wheel
    session.run("python", "-m", "pytest", "-m", "smoke", *session.posargs)
