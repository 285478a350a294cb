"""Cures that send a refused request again, signed as it must be: as Python to paste, and as a command."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote

from requests.utils import requote_uri
from urllib3.util import parse_url

from ...messages import Request
from ...messages.limits import MAX_EVENT_BYTES
from ..cures import FIXTURE, PATH_CHARACTERS, asked_url, client, shown_url
from .identity import MOTO_KEY, MOTO_SECRET, Callers, Identity, KnownKey
from .sigv4 import query_pieces, whole_signature

if TYPE_CHECKING:
    from ...control.url_configs import FunctionUrlConfig

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
"""Those of usual clients: requests has a function for each."""
_MAX_PATH = 1_000
_ROOT = "# url.auth() signs with the mock's own key, as the account's root; url.auth('ann') as the user or role ann"
_IMPORTS = (
    "from botocore.auth import SigV4Auth",
    "from botocore.awsrequest import AWSRequest",
    "from botocore.credentials import Credentials",
)
_SESSION = "moto-lambda-urls"
_BY_CURL = "# or by the caller whose credentials are in the environment"
_TOKEN_OPTION = '-H "X-Amz-Security-Token: $AWS_SESSION_TOKEN" '
# Older releases of curl do not encode the path once more, as AWS does: these paths they sign as AWS.
_SIGNED_BY_CURL = re.compile(r"(/|(/[A-Za-z0-9_.~-]+)+/?)")


def resent(
    request: Request,
    config: FunctionUrlConfig,
    key: KnownKey | None,
    callers: Callers,
    *,
    body: Mapping[str, str] | None = None,
) -> str:
    """``request``, with ``body`` as JSON where one is given, sent again and signed: by the owner of ``key`` where
    further credentials of that caller can be had, else by an account's root.
    """
    identity = obtainable(key)
    own = callers.find(MOTO_KEY)
    home = config.account_id if own is None else own.identify().account_id
    if not request.is_served and config.account_id == home:
        return "\n".join(_by_fixture(request, config, identity, body))
    lines = [*_by_botocore(request, config, identity, home, body)]
    if request.is_served and body is None:  # no command reaches a mock in the test's process
        lines += _by_curl(request, config)
    return "\n".join(lines)


def obtainable(key: KnownKey | None) -> Identity | None:
    """The owner of ``key``, where ``resent`` signs as that user or role; None where it signs as a root."""
    identity = None if key is None else key.identify()
    return identity if identity is not None and identity.is_obtainable else None


def of_too_large(request: Request, config: FunctionUrlConfig, callers: Callers) -> str:
    """The upload of the body to S3, by a presigned URL, and the request that names it instead."""
    create = "s3.create_bucket(Bucket='uploads'"
    if config.region != "us-east-1":
        create += f", CreateBucketConfiguration={{'LocationConstraint': {config.region!r}}}"
    place = {"Bucket": "uploads", "Key": "body"}
    named = f"requests.post({shown_url(config, request) + _quoted(request)[1:_MAX_PATH]!r}, json={place})"
    if config.auth_type != "NONE":
        signature = whole_signature(request)
        key = None if signature is None else callers.find(signature.access_key)
        named = resent(replace(request, method="POST"), config, key, callers, body=place)
    return (
        f"# it passes below {MAX_EVENT_BYTES} bytes, headers and base64 of what is no text included; else by S3:\n"
        f"{client(request, config.region, service='s3', name='s3')}\n"
        f"{create})\n"
        f"upload = s3.generate_presigned_url('put_object', Params={place})\n"
        "requests.put(upload, data=body)  # body: what was sent\n"
        f"{named}"
    )


def _by_fixture(
    request: Request, config: FunctionUrlConfig, identity: Identity | None, body: Mapping[str, str] | None
) -> Iterator[str]:
    name = repr(config.function_name) + ("" if config.qualifier is None else f", {config.qualifier!r}")
    yield f"url = lambda_urls.find({name}, region_name={config.region!r}){FIXTURE}"
    if identity is None:
        yield _ROOT
    signer = "" if identity is None else repr(identity.arn)
    added = "" if body is None else f", json={body}"
    advice = "; ".join(filter(None, [_rest(request, body), "httpx takes the same auth"]))
    yield f"{_call(request)}{added}, auth=url.auth({signer}))  # {advice}"


def _call(request: Request) -> str:
    path = _quoted(request)
    target = "url" if path == "/" else f"f'{{url}}{path[1:]}'"
    if len(path) > _MAX_PATH:
        target = "f'{url}{url.requests.last.path[1:]}'"
    if request.method in METHODS:
        return f"requests.{request.method.lower()}({target}"
    return f"requests.request({request.method!r}, {target}"


def _by_botocore(
    request: Request, config: FunctionUrlConfig, identity: Identity | None, home: str, body: Mapping[str, str] | None
) -> Iterator[str]:
    path = requote_uri(parse_url(f"https://url{_path(request)}").path or "/")  # as requests sends it
    added = "" if body is None else f", data={json.dumps(body)!r}"
    rest = _rest(request, body, is_cut=_path(request) == "/")
    yield from _IMPORTS
    yield from _credentials(request, config, identity, home)
    yield (
        f"signed = AWSRequest({request.method!r}, {asked_url(request) + path[1:]!r}{added})"
        f"{f'  # {rest}' if rest else ''}"
    )
    yield f"SigV4Auth(signer, 'lambda', {config.region!r}).add_auth(signed)"
    yield "requests.request(signed.method, signed.url, data=signed.data, headers=dict(signed.headers))"


def _credentials(request: Request, config: FunctionUrlConfig, identity: Identity | None, home: str) -> Iterator[str]:
    """The lines that define ``signer``. At a server they ask it for a further key: the caller's own may be lost."""
    if identity is None and config.account_id == home:
        yield f"signer = Credentials({MOTO_KEY!r}, {MOTO_SECRET!r})  # moto's own, those of the account's root"
    elif identity is not None and identity.kind == "User":
        yield client(request, config.region, service="iam", name="iam")
        yield f"key = iam.create_access_key(UserName={identity.user_name!r})['AccessKey']"
        yield "signer = Credentials(key['AccessKeyId'], key['SecretAccessKey'])"
    else:
        partition = config.function_arn.split(":")[1]
        arn = f"arn:{partition}:iam::{config.account_id}:role/caller" if identity is None else identity.arn
        yield client(request, config.region, service="sts", name="sts")
        yield f"key = sts.assume_role(RoleArn={arn!r}, RoleSessionName={_SESSION!r})['Credentials']"
        yield "signer = Credentials(key['AccessKeyId'], key['SecretAccessKey'], key['SessionToken'])"


def _by_curl(request: Request, config: FunctionUrlConfig) -> Iterator[str]:
    """The command, as a comment to Python."""
    path = _path(request)
    if not _SIGNED_BY_CURL.fullmatch(path):
        yield f"{_BY_CURL}; not with curl --aws-sigv4, which in older releases signs such a path wrongly"
        return
    signature = whole_signature(request)
    has_token = signature is not None and signature.session_token is not None
    rest = _rest(request, is_cut=path == "/")
    yield f"{_BY_CURL}{f'; {rest}' if rest else ''}:"
    yield (
        f'# curl --aws-sigv4 aws:amz:{config.region}:lambda --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" '
        f"{_TOKEN_OPTION if has_token else ''}{_option(request.method)}{shlex.quote(asked_url(request) + path[1:])}"
    )


def _option(method: str) -> str:
    """curl's option for ``method``."""
    return {"GET": "", "HEAD": "--head "}.get(method, f"-X {shlex.quote(method)} ")


def _rest(request: Request, body: Mapping[str, str] | None = None, *, is_cut: bool = False) -> str:
    """What of ``request`` is left to whoever sends it again: it may be long, and secret."""
    query = [name for name, _, _ in query_pieces(request.raw_query) if not name.startswith("X-Amz-")]
    is_cut = is_cut and _quoted(request) != "/"
    kept = [("path", is_cut), ("query", query), ("body", request.body and body is None)]
    names = [name for name, value in kept if value]
    return f"add the same {', '.join(names[:-1])}{' and ' if names[1:] else ''}{names[-1]}" if names else ""


def _path(request: Request) -> str:
    """The path to show: that of the URL itself where the one that came is too long to be read."""
    path = _quoted(request)
    return path if len(path) <= _MAX_PATH else "/"


def _quoted(request: Request) -> str:
    return quote(request.raw_path, safe=PATH_CHARACTERS, errors="replace")
