"""Why a signed request was refused, item by item."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from ...messages import Request
from ...messages.printable import printable_line
from ...state.record import OK, Refusal
from .. import refusals
from ..refusals import Mismatch, Refused
from .identity import Callers, Identity, KnownKey
from .resending import METHODS, obtainable, resent
from .sigv4 import Signature, whole_signature
from .verify import canonical_request, is_signed, is_signed_with_path_as_sent, unsigned_difference

if TYPE_CHECKING:
    from ...control.url_configs import FunctionUrlConfig

_KEY_ID = re.compile("[A-Z0-9_]+")
_MAX_KEY_ID = 24
_DIFFERS = "differs: "
_NOT_RIGHT = "it is not the one that the key's secret makes of this request"
_NOTHING_CHANGED = "; no usual change of method, host, path, query or body explains it, so "
_ENCODED_ONCE = (
    "the path was encoded once for the signature, as for S3, and Lambda wants its escapes encoded again, which older "
    "releases of curl --aws-sigv4 do not"
)
_BODILESS = {"GET", "HEAD", "DELETE", "OPTIONS"}
_KEPT_SECRETS = {
    "Account": "the mock's environment has the secret of {} (AWS_SECRET_ACCESS_KEY)",
    "User": "the secret of {} is the SecretAccessKey that create_access_key returned with it",
}
_STS_SECRET = "the secret of {} is the SecretAccessKey that STS returned with it"
_logger = logging.getLogger("moto_lambda_urls")


def explained(
    refused: Refused, request: Request, config: FunctionUrlConfig, callers: Callers, now: datetime
) -> Refused:
    """``refused``, the answer to ``request``, with what differed and the cure in its Refusal, and no secret there.

    A difference comes before what is as it must be. The canonical request is logged at DEBUG.
    """
    signature, key = whole_signature(request), None
    reason, compared, advice, evidence = refused.refusal.reason, {}, "", ""
    if signature is not None:
        key = callers.find(signature.access_key)
        if isinstance(refused, Mismatch) and key is not None:
            reason, evidence, advice = _mismatch(request, signature, key, config)
            text = canonical_request(request, signature)
            _logger.debug("The canonical request of %s %s:\n%s", request.method, request.raw_path, text)
        items = _items(request, signature, key, config, now, evidence)
        compared = dict(sorted(items, key=lambda item: not item[1].startswith(_DIFFERS)))
    cure = resent(request, config, key, callers)
    if advice:
        cure = f"# {advice}:\n{cure}"
    refusal = Refusal(reason=reason, compared=compared, cure=cure)
    return Refused(refused.response, refusal)


def shown_key(access_key: str) -> str:
    """``access_key`` for a reader: cut where it may be the secret instead, given in its place."""
    if len(access_key) <= _MAX_KEY_ID or _KEY_ID.fullmatch(access_key):
        return printable_line(access_key, 128)
    return f"{printable_line(access_key[:4], 16)}... ({len(access_key)} characters, no access key id of AWS)"


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
    if is_signed_with_path_as_sent(request, signature, key.secret):
        return _ENCODED_ONCE, ", but that of the request with its path encoded once", "sign the path encoded twice"
    shown, kind = shown_key(signature.access_key), key.identify().kind
    signer = "the same caller" if kind == "Account" or obtainable(key) else "another caller"
    own = f"{_KEPT_SECRETS.get(kind, _STS_SECRET).format(shown)}; to sign as {signer} without it"
    if is_signed(request, signature, f"{key.secret}\n"):
        return f"the secret that signed has a line break at its end, that of {shown} has none", "", own
    if is_signed(request, signature, ""):
        return f"the secret that signed is empty, that of {shown} is not", "", own
    other = _undecided(request, signature)
    if other:
        reason = f"the signature was made of {other}, or not with the secret of {shown}"
        return reason, f"{_NOTHING_CHANGED}{other} was signed, or the secret is another", own
    return f"the signature was not made with the secret of {shown}", f"{_NOTHING_CHANGED}the secret is another", own


def _undecided(request: Request, signature: Signature) -> str:
    """What may have been changed after it was signed, for all that the signature shows: a body whose hash did not come
    along, the values of headers. Empty where the secret alone is left.
    """
    has_hash = request.header("x-amz-content-sha256") is not None  # it is that of the body, or nothing was compared
    may_have_body = bool(request.body) or request.method not in _BODILESS
    names = [name for name in signature.signed_headers if name != "host" and not name.startswith("x-amz-")]
    values = [f"another {name}" for name in (["body"] if may_have_body and not has_hash else []) + names]
    return " or ".join(values)


def _changes(request: Request, config: FunctionUrlConfig) -> Iterator[tuple[str, Request]]:
    """What clients and proxies change, each as a clause, and the request as it would have been before."""
    for method in METHODS:
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


def _arn(identity: Identity) -> str:
    return identity.session_arn or identity.arn
