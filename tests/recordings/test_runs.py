"""Runs of the recorder: nothing without consent, nothing of others, nothing left."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from support.documentation import ROOT
from support.recording.__main__ import main
from support.recording.cleaning import sweep
from support.recording.limits import BoundReachedError, Limits, NotAllowedError
from support.recording.place import Place
from support.recording.probes import PROBES
from support.recording.recorded import FOLDER, read
from support.recording.run import ask, delete, mocked, new_recording, record

from moto_lambda_urls import mock_lambda_urls

pytestmark = [
    pytest.mark.in_process,
    pytest.mark.filterwarnings("ignore::moto_lambda_urls.FunctionUrlPermissionWarning"),
]
REGION = "us-east-1"
PREFIX = "mlu-record-0a1b2c3d"


def run(*arguments: str) -> tuple[int, str]:
    output = io.StringIO()
    return main(arguments, output), output.getvalue()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The operations that AWS, or what stands in for it, was asked for."""
    operations: list[str] = []
    make = boto3.client("sts", "us-east-1").__class__.__mro__[1]._make_api_call

    def noted(client: Any, operation: str, parameters: Any) -> Any:
        operations.append(operation)
        return make(client, operation, parameters)

    with mock_lambda_urls(authorization="strict", function_states="pending"):
        monkeypatch.setattr("botocore.client.BaseClient._make_api_call", noted)
        yield operations


def left() -> list[str]:
    """What there is of functions, roles, queues and stacks."""
    aws_lambda = boto3.client("lambda", REGION)
    stacks = boto3.client("cloudformation", REGION).describe_stacks()["Stacks"]
    mappings = aws_lambda.list_event_source_mappings()["EventSourceMappings"]
    return [
        *(each["FunctionName"] for each in aws_lambda.list_functions()["Functions"]),
        *(each["RoleName"] for each in boto3.client("iam", REGION).list_roles()["Roles"]),
        *boto3.client("sqs", REGION).list_queues().get("QueueUrls", []),
        *(each["StackName"] for each in stacks),
        *(each["Description"] for each in aws_lambda.list_code_signing_configs()["CodeSigningConfigs"]),
        *(each["UUID"] for each in mappings if each["State"] != "Deleting"),
    ]


def test_without_consent_nothing_is_asked(asked: list[str]) -> None:
    code, words = run()
    assert (code, asked) == (2, [])
    assert "Nothing was asked, and nothing was made." in words
    assert "--account 123456789012" in words


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--account", "999999999999"], "The credentials are of the account 123456789012, not of 999999999999. Noth"),
        (["--account", "12345"], "an account's number has twelve digits"),
        (["--account", "prod"], "an account's number has twelve digits"),
    ],
)
def test_another_account(asked: list[str], arguments: list[str], words: str) -> None:
    code, said = run(*arguments, "--region", "us-east-1")
    assert code == 2
    assert words in said
    assert set(asked) <= {"GetCallerIdentity"}
    assert left() == []


def test_no_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    code, said = run("--account", "123456789012", "--region", "us-east-1")
    assert code == 2
    assert "AWS does not say whose credentials these are" in said


@pytest.mark.parametrize(
    "url", ["https://127.0.0.1:1", "http://lambda.us-east-1.amazonaws.com", "http://192.0.2.1:5000", "http://"]
)
def test_another_endpoint_than_this_machines(asked: list[str], url: str) -> None:
    code, said = run("--endpoint-url", url)
    assert (code, asked) == (2, [])
    assert "is not http:// on this machine. Nothing was made." in said


def test_places_exclude_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        run("--account", "123456789012", "--own-server")
    assert raised.value.code == 2
    assert "not allowed with argument" in capsys.readouterr().err


def test_account_of_ones_own(asked: list[str], tmp_path: Path) -> None:
    """What stands in for AWS here is the mock."""
    path = tmp_path / "aws.json"
    arguments = ["--account", "123456789012", "--region", "us-east-1", "--output", str(path)]
    code, said = run(*arguments, "--only", "permissions", "--only", "another_account", "--only", "scenario query")
    assert (code, left()) == (0, [])
    assert "\nsame     permissions: `InvokedViaFunctionUrl` with another action\n" in said
    assert "\nsame     another_account\n" in said
    written, ours = read(path), read(FOLDER / "server.json")
    assert (written.place, written.region, list(written.answers)) == ("AWS", "us-east-1", list(written.answers))
    for name in ("permissions", "another_account", "scenario query"):
        assert written.answers[name] == ours.answers[name]


def test_part_leaves_the_other_answers(asked: list[str], tmp_path: Path) -> None:
    path = tmp_path / "aws.json"
    arguments = ["--account", "123456789012", "--region", "us-east-1", "--output", str(path)]
    for part in ("another_account", "scenario query", "another_account"):
        assert run(*arguments, "--only", part)[0] == 0
    assert {"another_account", "scenario query"} <= read(path).answers.keys()


def test_part_of_another_recording(asked: list[str], tmp_path: Path) -> None:
    path = tmp_path / "aws.json"
    path.write_bytes((FOLDER / "server.json").read_bytes())
    arguments = ["--account", "123456789012", "--region", "us-east-1", "--output", str(path)]
    code, said = run(*arguments, "--only", "another_account")
    assert (code, left(), path.read_bytes()) == (2, [], (FOLDER / "server.json").read_bytes())
    assert "aws.json has the place moto-lambda-urls server, not AWS: no part of it can be asked again." in said


def test_no_probe_of_that_name(asked: list[str], tmp_path: Path) -> None:
    path = tmp_path / "aws.json"
    arguments = ["--account", "123456789012", "--region", "us-east-1", "--output", str(path)]
    code, said = run(*arguments, "--only", "no such probe")
    assert (code, asked, path.exists()) == (2, [], False)
    assert said == "--only no such probe: no probe has that in its name. Nothing was made.\n"


def test_endpoint_of_the_environment_is_not_aws(
    asked: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    output = ["--output", str(tmp_path / "aws.json")]
    assert run("--account", "123456789012", "--region", "us-east-1", "--only", "another_account", *output)[0] == 0


def test_own_server_in_another_process(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])}
    command = [sys.executable, "-m", "support.recording", "--own-server", "--output", str(tmp_path / "own.json")]
    for name in ("permissions", "scenario gzip", "signatures"):
        command += ["--only", name]
    finished = subprocess.run(
        command, env=environment, cwd=tmp_path, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    answers = read(tmp_path / "own.json").answers
    kept = read(FOLDER / "server.json").answers
    assert answers == {name: kept[name] for name in answers}
    assert {"permissions", "scenario gzip", "signatures", "malformed_signatures"} == answers.keys()


# What a run may do.


@pytest.mark.parametrize(
    ("service", "operation", "parameters"),
    [
        ("lambda", "delete_function", {"FunctionName": "production"}),
        ("lambda", "update_function_code", {"FunctionName": f"my-{PREFIX}"}),
        ("lambda", "create_function_url_config", {"FunctionName": "arn:aws:lambda:us-east-1:1:function:production"}),
        ("lambda", "add_permission", {}),
        ("iam", "create_role", {"RoleName": "admin"}),
        ("iam", "create_user", {"UserName": f"{PREFIX}-user"}),
        ("iam", "attach_role_policy", {"RoleName": f"{PREFIX}-role"}),
        ("s3", "create_bucket", {"Bucket": f"{PREFIX}-bucket"}),
        ("lambda", "put_public_access_block_config", {"FunctionName": f"{PREFIX}-fn"}),
        ("sqs", "purge_queue", {"QueueUrl": "https://sqs/1/production"}),
    ],
)
def test_calls_that_no_run_makes(service: str, operation: str, parameters: dict[str, Any]) -> None:
    with pytest.raises(NotAllowedError):
        Limits(prefix=PREFIX).check(service, operation, parameters)


@pytest.mark.parametrize(
    "prefix", ["", "mlu-record-", "mlu-record-0a1b2c3", "prod", f"{PREFIX}-x", "mlu-record-0A1B2C3D"]
)
def test_prefixes_that_are_none(prefix: str) -> None:
    with pytest.raises(NotAllowedError):
        Limits(prefix=prefix)
    code, said = run("--delete", prefix or "x", "--endpoint-url", "http://127.0.0.1:9")
    assert code == 2
    assert "Nothing was deleted." in said


def test_bounds() -> None:
    now = [0.0]
    limits = Limits(prefix=PREFIX, things=2, requests=4, seconds=60, clock=lambda: now[0])
    for _ in range(2):
        limits.check("lambda", "create_function", {"FunctionName": f"{PREFIX}-fn"})
    with pytest.raises(BoundReachedError, match="at most 2 things"):
        limits.check("lambda", "create_function", {"FunctionName": f"{PREFIX}-fn"})
    limits.request()
    with pytest.raises(BoundReachedError, match="at most 4 requests"):
        limits.request()
    now[0] = 61
    with pytest.raises(BoundReachedError, match="the 60 seconds that a run may take are over"):
        Limits(prefix=PREFIX, seconds=60, clock=iter([0.0, 61.0]).__next__).request()


def test_bound_ends_a_run_and_leaves_nothing() -> None:
    with mocked() as place:
        place.limits.things = 3
        recording = new_recording(place, "a mock")
        record(place, recording, ["scenario plain", "scenario query"], io.StringIO())
        assert list(recording.answers) == ["scenario plain"]
        assert recording.failed == {"scenario query": "a run makes at most 3 things"}
        assert left() == []


# What a run leaves.


@pytest.mark.parametrize("name", ["provisioned_and_signed", "runtime_management", "filter_patterns", "signatures"])
def test_nothing_is_left_of_a_probe(name: str) -> None:
    with mocked() as place:
        ask(place, name)
        assert left() == [place.name("role")]
        assert delete(place, io.StringIO())
        assert left() == []


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, ZeroDivisionError, RuntimeError])
def test_nothing_is_left_after_a_failure(error: type[BaseException], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(place: Place) -> None:
        place.url(place.function())
        place.make("sqs", "create_queue", QueueName=place.new_name("queue"))
        raise error

    monkeypatch.setitem(PROBES, "head", type(PROBES["head"])(name="head", ask=fail))
    with mocked() as place:
        with pytest.raises(error):
            record(place, new_recording(place, "a mock"), ["head"], io.StringIO())
        assert left() == []


def test_failing_probe_does_not_end_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(place: Place) -> None:
        place.make("lambda", "add_permission", FunctionName=place.name("missing"))

    monkeypatch.setitem(PROBES, "head", type(PROBES["head"])(name="head", ask=fail))
    with mocked() as place:
        recording = new_recording(place, "a mock")
        record(place, recording, ["head", "scenario plain"], io.StringIO())
        assert (list(recording.failed), list(recording.answers)) == (["head"], ["scenario plain"])


def test_what_others_have_stays() -> None:
    with mocked() as place:
        mine = place.function()
        client = boto3.client("lambda", "us-east-1")
        request = place.function_request("production")
        client.create_function(**request)
        sweep(place.client, place.limits.prefix, place.made)
        with pytest.raises(ClientError, match="Function not found"):
            client.get_function(FunctionName=mine)
        assert left() == ["production"]


def test_what_a_killed_run_has_left() -> None:
    with mocked() as place:
        prefix = place.limits.prefix
        place.url(place.function())
        place.allow("sqs:ReceiveMessage")
        place.make("sqs", "create_queue", QueueName=place.new_name("queue"))
        place.made.pending.clear()
        assert len(left()) == 3
        code, said = run("--delete", prefix, "--account", "123456789012", "--region", "us-east-1")
        assert (code, left()) == (0, [])
        assert f"Deleted 4 things called {prefix}-..." in said


def test_what_cannot_be_deleted_is_named() -> None:
    with mocked() as place:
        name = place.function()
        place.client("lambda").meta.events.register("before-call.lambda.DeleteFunction", _refuse)
        output = io.StringIO()
        assert not delete(place, output)
        assert f"COULD NOT BE DELETED: lambda.delete_function({name})" in output.getvalue()


def _refuse(**_: Any) -> None:
    raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "DeleteFunction")


def test_interrupted(tmp_path: Path) -> None:
    """A run that is ended in its middle, and gets Ctrl-C while it deletes, deletes to the end."""
    script = tmp_path / "interrupted.py"
    script.write_text(_INTERRUPTED)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])}
    finished = subprocess.run(
        [sys.executable, str(script)],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert "left: []" in finished.stdout, finished.stdout + finished.stderr
    assert "Deleting what was made: this ends by itself." in finished.stdout + finished.stderr
    assert finished.returncode == 143


_INTERRUPTED = """
import os, signal, sys, warnings
warnings.simplefilter("ignore")
import boto3
from moto_lambda_urls import mock_lambda_urls
from support.recording import __main__ as command
from support.recording.cleaning import Made
from support.recording.probes import PROBES, Probe

def ended(place):
    place.url(place.function())
    os.kill(os.getpid(), signal.SIGTERM)
    place.function()

undo = Made._undo
def interrupted(made, one):
    os.kill(os.getpid(), signal.SIGINT)
    return undo(made, one)

signal.signal(signal.SIGINT, signal.default_int_handler)  # whatever the parent ignores
Made._undo = interrupted
PROBES["head"] = Probe(name="head", ask=ended)
with mock_lambda_urls():
    try:
        sys.exit(command.main("--account 123456789012 --region us-east-1 --only head --output x".split()))
    finally:
        client = boto3.client("lambda", "us-east-1")
        print("left:", client.list_functions()["Functions"], flush=True)
"""
