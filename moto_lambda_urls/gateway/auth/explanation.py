"""Why a signed request was refused, item by item, and how the same request is signed as it must be."""

from __future__ import annotations

import logging
import re
import shlex
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

from ...messages import Request
from ...messages.printable import printable_line
from ...state.record import OK, Refusal
from .. import refusals
from ..refusals import Mismatch, Refused
from .identity import Callers, Identity, KnownKey
from .sigv4 import Signature, query_pieces, read_signature
from .verify import canonical_request, is_signed, unsigned_difference

if TYPE_CHECKING:
    from ...control.url_configs import FunctionUrlConfig

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
_PATH_CHARACTERS = "/%!$&()*+,;=:@-._~"
_KEY_ID = re.compile("[A-Z0-9_]+")
_LONGEST_KEY_ID, _LONGEST_PATH = 24, 1_000
_DIFFERS = "differs: "
_NOT_RIGHT = "it is not the one that the key's secret makes of this request"
_NOTHING_CHANGED = "; no usual change of method, host, path, query or body explains it, so the secret is another"
_FIXTURE = "  # lambda_urls: the fixture, or what mock_lambda_urls() gives"
_ROOT = "# url.auth() signs with the mock's own key, as the account's root; url.auth('ann') as the user or role ann\n"
_KEPT_SECRETS = {
    "Account": "the mock's environment has the secret of {} (AWS_SECRET_ACCESS_KEY)",
    "User": "the secret of {} is the SecretAccessKey that create_access_key returned with it",
}
_STS_SECRET = "the secret of {} is the SecretAccessKey that STS returned with it"
_TOKEN_OPTION = '-H "X-Amz-Security-Token: $AWS_SESSION_TOKEN" '
_logger = logging.getLogger("moto_lambda_urls")


def explained(
    refused: Refused, request: Request, config: FunctionUrlConfig, callers: Callers, now: datetime
) -> Refused:
    """``refused``, the answer to ``request``, with what differed and the cure in its Refusal, and no secret there.

    A difference comes before what is as it must be. The canonical request is logged at DEBUG.
    """
    signature, key = _signature_of(request), None
    reason, compared, advice, evidence = refused.refusal.reason, {}, "", ""
    if signature is not None:
        key = callers.find(signature.access_key)
        if isinstance(refused, Mismatch) and key is not None:
            reason, evidence, advice = _mismatch(request, signature, key, config)
            text = canonical_request(request, signature)
            _logger.debug("The canonical request of %s %s:\n%s", request.method, request.raw_path, text)
        items = _items(request, signature, key, config, now, evidence)
        compared = dict(sorted(items, key=lambda item: not item[1].startswith(_DIFFERS)))
    has_token = signature is not None and signature.session_token is not None
    cure = _cure(request, config, key, has_token=has_token)
    if advice:
        cure = f"# {advice}:\n{cure}"
    refusal = Refusal(reason=reason, compared=compared, cure=cure)
    return Refused(refused.response, refusal)


def shown_key(access_key: str) -> str:
    """``access_key`` for a reader: cut where it may be the secret instead, given in its place."""
    if len(access_key) <= _LONGEST_KEY_ID or _KEY_ID.fullmatch(access_key):
        return printable_line(access_key, 128)
    return f"{printable_line(access_key[:4], 16)}... ({len(access_key)} characters, no access key id of AWS)"


def _signature_of(request: Request) -> Signature | None:
    try:
        return read_signature(request)
    except Refused:  # it is not whole: the refusal's reason says what is missing
        return None


def _items(
    request: Request,
    signature: Signature,
    key: KnownKey | None,
    config: FunctionUrlConfig,
    now: datetime,
    evidence: str,
) -> Iterator[tuple[str, str]]:
    yield "access key", _access_key(signature, key)
    if key is not None and (signature.session_token is not None or None not in key.session_tokens):
        yield "session token", _session_token(signature, key, now)
    is_own = signature.region == config.region
    yield "region", f"{OK}{config.region}" if is_own else f"{_DIFFERS}{signature.region}, the URL's is {config.region}"
    is_own = signature.service == "lambda"
    yield "service", f"{OK}lambda" if is_own else f"{_DIFFERS}{signature.service}, that of function URLs is lambda"
    yield "date", _date(signature, now)
    names, difference = ", ".join(signature.signed_headers), unsigned_difference(request, signature)
    yield "signed headers", f"{OK}{names}" if difference is None else f"{_DIFFERS}{difference}; signed were {names}"
    if key is not None and difference is None and not is_signed(request, signature, key.secret):
        yield "signature", f"{_DIFFERS}{_NOT_RIGHT}{evidence}"


def _access_key(signature: Signature, key: KnownKey | None) -> str:
    shown = shown_key(signature.access_key)
    if key is None:
        return f"{_DIFFERS}{shown} is nobody's"
    return f"{OK if key.is_active else f'{_DIFFERS}inactive, '}{shown}, of {_arn(key.identify())}"


def _session_token(signature: Signature, key: KnownKey, now: datetime) -> str:
    if signature.session_token not in key.session_tokens:
        return f"{_DIFFERS}{'none came' if signature.session_token is None else 'it is not the one of this key'}"
    if key.expires is not None and key.expires <= now:
        return f"{_DIFFERS}its session ended at {refusals.basic_time(key.expires)}"
    return f"{OK}it is the one of this key"


def _date(signature: Signature, now: datetime) -> str:
    told = f"{_DIFFERS}{signature.timestamp}, now it is {refusals.basic_time(now)}"
    if signature.scope_date != signature.timestamp[:8]:
        return f"{told}, and the scope has {signature.scope_date}"
    try:
        signature.check_time(now)
    except Refused:
        return told
    return f"{OK}{signature.timestamp}"


def _mismatch(request: Request, signature: Signature, key: KnownKey, config: FunctionUrlConfig) -> tuple[str, str, str]:
    """Why the signature is not that of ``request``, by which evidence, and what to do: what was changed where that can
    be told, else the secret.
    """
    as_sent = "sign the request as it is sent"
    difference = unsigned_difference(request, signature)
    if difference is not None:
        return f"the request is not as it was signed: {difference}", "", as_sent
    for clause, changed in _changes(request, config):
        if is_signed(changed, signature, key.secret):
            reason = f"the request was changed after it was signed, by the right secret: {clause}"
            return reason, ", but that of the request before the change", as_sent
    shown, kind = shown_key(signature.access_key), key.identify().kind
    own = f"{_KEPT_SECRETS.get(kind, _STS_SECRET).format(shown)}; to sign as the same caller without it"
    if is_signed(request, signature, f"{key.secret}\n"):
        return f"the secret that signed has a line break at its end, that of {shown} has none", "", own
    if is_signed(request, signature, ""):
        return f"the secret that signed is empty, that of {shown} is not", "", own
    return f"the signature was not made with the secret of {shown}", _NOTHING_CHANGED, own


def _changes(request: Request, config: FunctionUrlConfig) -> Iterator[tuple[str, Request]]:
    """What clients and proxies change, each as a clause, and the request as it would have been before."""
    for method in _METHODS:
        if method != request.method:
            yield f"its method was {method}, and {request.method} came", replace(request, method=method)
    if request.body:
        yield f"it had no body, and {len(request.body)} bytes came", replace(request, body=b"")
    if request.raw_query:
        yield "it had no query, and one came", replace(request, raw_query="")
    for path in {request.raw_path, f"{request.raw_path}/", request.raw_path.rstrip("/") or "/", "/"}:
        wire = request.raw_path if request.signed_path is None else request.signed_path
        if path != wire:
            yield f"its path was {path}, and {wire} came", replace(request, raw_path=path, signed_path=None)
    others = tuple(line for line in request.headers if line[0].lower() != "host")
    asked = request.header("host") or request.host
    for host in (config.host, asked.partition(":")[0]):
        if host != asked:
            yield f"its host was {host}, and {asked} came", replace(request, headers=(("Host", host), *others))


def _cure(request: Request, config: FunctionUrlConfig, key: KnownKey | None, *, has_token: bool) -> str:
    """The request that came, signed as it must be: as Python to paste, and as a command where it came from outside."""
    name = repr(config.function_name) + ("" if config.qualifier is None else f", {config.qualifier!r}")
    signer = "" if key is None else _named(key.identify())
    by_python = (
        f"url = lambda_urls.find({name}, region_name={config.region!r}){'' if request.is_served else _FIXTURE}\n"
        f"{'' if signer else _ROOT}{_sending(request)}, auth=url.auth({signer}))"
        f"  # {_rest(request)}httpx takes the same auth"
    )
    if not request.is_served:  # a mock in the test's process, which no command reaches
        return by_python
    return (
        f"{by_python}\n# by the caller whose credentials are in the environment:\n"
        f'curl --aws-sigv4 aws:amz:{config.region}:lambda --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" '
        f"{_TOKEN_OPTION if has_token else ''}{_option(request.method)}{_address(request)}"
    )


def _sending(request: Request) -> str:
    path = _quoted(request.raw_path)
    target = "url" if path == "/" else f"f'{{url}}{path[1:]}'"
    if len(path) > _LONGEST_PATH:
        target = "f'{url}{url.requests.last.path[1:]}'"
    if request.method in _METHODS:
        return f"requests.{request.method.lower()}({target}"
    return f"requests.request({request.method!r}, {target}"


def _option(method: str) -> str:
    """curl's option for ``method``."""
    return {"GET": "", "HEAD": "--head "}.get(method, f"-X {shlex.quote(method)} ")


def _named(identity: Identity) -> str:
    return "" if identity.kind == "Account" else repr(identity.arn)


def _arn(identity: Identity) -> str:
    return identity.session_arn or identity.arn


def _rest(request: Request) -> str:
    query = [name for name, _, _ in query_pieces(request.raw_query) if not name.startswith("X-Amz-")]
    kept = [name for name, value in (("query", query), ("body", request.body)) if value]
    return f"add the same {' and '.join(kept)}; " if kept else ""


def _address(request: Request) -> str:
    """Where the client found the URL, with its path, for a shell."""
    path = request.raw_path if request.signed_path is None else request.signed_path
    if len(path) > _LONGEST_PATH:
        return '"$URL"'
    host = request.header("host") or request.host
    if host.lower() == request.host:
        return shlex.quote(f"https://{request.host}{_quoted(request.raw_path)}")
    return shlex.quote(f"{request.scheme}://{quote(host, safe=':[]', errors='replace')}{_quoted(path)}")


def _quoted(path: str) -> str:
    return quote(path, safe=_PATH_CHARACTERS, errors="replace")
