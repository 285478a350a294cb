"""The command of ``make record-aws``."""

from __future__ import annotations

import argparse
import io
import logging
import os
import signal
import subprocess
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import boto3

from moto_lambda_urls import FunctionUrlPermissionWarning

from .consent import NO_CONSENT, RefusedError, check_account, check_own
from .limits import PREFIX, Limits
from .normalising import SecretFoundError
from .place import Place
from .recorded import FOLDER, Recording, others_in, report
from .run import OPTIONS, chosen, delete, new_prefix, new_recording, ours, record

REFUSED, DIFFERENT, LEFT = 2, 1, 3


def main(arguments: Sequence[str] | None = None, output: TextIO = sys.stdout) -> int:
    """The exit code: 0 when all answers are ours too, 1 when some differ, 2 refused, 3 when something was left."""
    options = _parser().parse_args(arguments)
    try:
        if not chosen(options.only):
            raise RefusedError(f"--only {' '.join(options.only)}: no probe has that in its name. Nothing was made.")
        with _place(options) as place:
            if options.delete:
                return 0 if delete(place, output) else LEFT
            return _run(place, options, output)
    except RefusedError as refused:
        print(refused, file=output)
        return REFUSED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make record-aws", description=NO_CONSENT.partition("\n")[0])
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--account", metavar="NUMBER", help="ask AWS, in the account of this number and no other")
    where.add_argument("--own-server", action="store_true", help="ask our own server, started for this")
    where.add_argument("--endpoint-url", metavar="URL", help="ask a server of ours that runs on this machine")
    parser.add_argument("--profile", help="the profile of AWS's configuration whose credentials are used")
    parser.add_argument("--region", help="the region (default: that of the profile; of a server us-east-1)")
    parser.add_argument("--only", metavar="TEXT", action="append", default=[], help="probes with this in their name")
    parser.add_argument("--output", metavar="FILE", type=Path, help="where the answers go (default: tests/recordings)")
    parser.add_argument("--delete", metavar="PREFIX", help="ask nothing: delete what a run that was killed has left")
    return parser


@contextmanager
def _place(options: argparse.Namespace) -> Iterator[Place]:
    """The place that was consented to.

    :raises RefusedError: none was.
    """
    if options.delete and not PREFIX.fullmatch(options.delete):
        raise RefusedError(f"--delete {options.delete}: no run makes things of that name. Nothing was deleted.")
    limits = Limits(prefix=options.delete or new_prefix())
    if options.account:
        session = boto3.Session(profile_name=options.profile, region_name=options.region)
        check_account(session, options.account)
        yield Place(session=session, limits=limits, patience=90, pause=2)
    elif options.own_server:
        with _own_server() as endpoint_url:
            yield _own_place(endpoint_url, options, limits)
    elif options.endpoint_url:
        check_own(options.endpoint_url)
        yield _own_place(options.endpoint_url.rstrip("/"), options, limits)
    else:
        raise RefusedError(NO_CONSENT)


def _own_place(endpoint_url: str, options: argparse.Namespace, limits: Limits) -> Place:
    # Never credentials of the user's: they are nobody's business here.
    session = boto3.Session("nobodys-access-key", "nobodys-secret-key", region_name=options.region or "us-east-1")
    return Place(session=session, limits=limits, endpoint_url=endpoint_url)


@contextmanager
def _own_server() -> Iterator[str]:
    flags = [f"--{name.replace('_', '-')}={value}" for name, value in OPTIONS.items()]
    command = [sys.executable, "-m", "moto_lambda_urls", "server", "-p", "0", "--url-style", "path", *flags]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MOTO_"))}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    ) as server:
        try:
            assert server.stdout is not None
            yield server.stdout.readline().split()[-1].rstrip("/")
        finally:
            server.terminate()


def _run(place: Place, options: argparse.Namespace, output: TextIO) -> int:
    """The exit code of a run that asks.

    :raises RefusedError: the file has other probes' answers, with which those of this run cannot be.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that everything is deleted, too
    names = chosen(options.only)
    recording = new_recording(place, "AWS" if options.account else "moto-lambda-urls server")
    path = options.output or FOLDER / ("aws.json" if options.account else "server.json")
    if options.only and path.exists():
        recording.answers = others_in(path, recording, names)
    print(f"Everything is called {place.limits.prefix}-...; --delete {place.limits.prefix} deletes it.", file=output)
    record(place, recording, names, output)
    try:
        recording.write(path, place.secrets)
    except SecretFoundError as secret:
        print(secret, file=output)
        return REFUSED
    print(f"Written: {path}", file=output)
    mine = ours(names, io.StringIO())
    lines = list(report(recording, mine, names))
    print("\n".join(lines), file=output)
    return LEFT if place.made.left else DIFFERENT if _is_other(lines, recording) else 0


def _is_other(lines: Sequence[str], recording: Recording) -> bool:
    return bool(recording.failed) or any(line.startswith(("DIFFERS", "FAILED")) for line in lines)


if __name__ == "__main__":
    logging.getLogger().addHandler(logging.NullHandler())  # what is refused and what fails is in the answers
    warnings.simplefilter("ignore", FunctionUrlPermissionWarning)
    sys.exit(main())
