"""Verification of a signature against the request as it came."""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable, Iterator
from hashlib import sha256
from urllib.parse import quote, unquote_plus, unquote_to_bytes, urlsplit

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.compat import HTTPHeaders
from botocore.credentials import Credentials

from ...messages import Request
from .sigv4 import SIGNATURE_NAME, Signature, query_pieces

_ORIGIN = "https://signed"
_HEADER_NAME = re.compile(r"[!-9;-~]+")  # RFC 5322, section 2.2: what newer releases of Python hold headers to
_SPACES = re.compile(" +")
_TOKEN = re.compile("(x-amz-security-token[:=])[^&\n]*", re.IGNORECASE)
_LOWER_CASE_ESCAPE = re.compile("%(?:[a-f]|.[a-f])")
# These headers and no others, with x-amz-content-sha256 sent but not signed, are what httpx-aws-auth 4 signs.
_HTTPX_AWS_AUTH_HEADERS = {("host", "x-amz-date"), ("host", "x-amz-date", "x-amz-security-token")}


def is_signed(request: Request, signature: Signature, secret: str) -> bool:
    """Whether ``signature``, whose scope is already checked, is that of ``request`` by ``secret``.

    The body is hashed as it came: an ``x-amz-content-sha256`` may be missing, but must be that hash.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
    """
    if unsigned_difference(request, signature) is not None:
        return False
    given = signature.value.encode("utf-8", "surrogatepass")
    try:
        return any(
            hmac.compare_digest(_sign(signer, received, signature, secret), given)
            for signer, received in _readings(request, signature)
        )
    except UnicodeError:
        return False


def is_signed_with_path_as_sent(request: Request, signature: Signature, secret: str) -> bool:
    """Whether ``signature`` is that of ``request`` but for its path, encoded once: as S3 wants it, not Lambda.

    Older releases of ``curl --aws-sigv4`` sign like that.
    """
    path = request.raw_path if request.signed_path is None else request.signed_path
    given = signature.value.encode("utf-8", "surrogatepass")
    try:
        return any(
            hmac.compare_digest(_sign(_CanonicalPathSigner, received, signature, secret), given)
            for _, received in _readings(request, signature, paths=[(path, True)])
        )
    except UnicodeError:
        return False


def unsigned_difference(request: Request, signature: Signature) -> str | None:
    """What of ``request`` cannot be what was signed, whatever the secret is: a clause, None when it all can."""
    payload_hash = request.header("x-amz-content-sha256")
    if payload_hash is not None and payload_hash != sha256(request.body).hexdigest():
        return "x-amz-content-sha256 is not the hash of the body that came"
    present = {"host", *(name.lower() for name, _ in request.headers)}
    # AWS wants each x-amz-* header signed. The body's hash is signed anyway, by another way, and clients rely on it.
    needed = {"host"} | {name for name in present if name.startswith("x-amz-") and name != "x-amz-content-sha256"}
    signed = set(signature.signed_headers)
    if missing := sorted(signed - present):
        return f"{', '.join(missing)} was signed, and did not come"
    if unsigned := sorted(needed - signed):
        return f"{', '.join(unsigned)} came, and is not among the signed headers"
    return None if _headers_to_sign(request, signature) else "a signed header is none that HTTP can carry"


def canonical_request(request: Request, signature: Signature) -> str:
    """The canonical request that ``signature`` should be of, without its session token; empty when there is none."""
    try:
        signer, received = next(_readings(request, signature))
        text: str = _auth(signer, signature, "").canonical_request(received)
    except (StopIteration, UnicodeError):
        return ""
    return _TOKEN.sub(r"\1…", text)


def _readings(
    request: Request, signature: Signature, paths: Iterable[tuple[str, bool]] | None = None
) -> Iterator[tuple[type[_Signer], AWSRequest]]:
    """The forms in which clients sign ``request``, each with its signer, AWS's own first; ``paths`` as ``_paths``."""
    headers = _headers_to_sign(request, signature)
    if headers is None:
        return
    payload_hash = sha256(request.body).hexdigest()
    for path, path_is_canonical in _paths(request, signature) if paths is None else paths:
        for query, parameters in _queries(request, signature):
            url = f"{_ORIGIN}{path}?{query}" if query else f"{_ORIGIN}{path}"
            parts = urlsplit(url)
            if (f"{parts.scheme}://{parts.netloc}", parts.path, parts.query) != (_ORIGIN, path, query):
                continue  # It holds what no URL may, such as ``#``: botocore would sign less than came.
            received = AWSRequest(method=request.method, url=url)
            received.params = parameters  # type: ignore[assignment]  # botocore takes pairs, its types do not
            received.headers = headers
            received.context = {"timestamp": signature.timestamp, "payload_hash": payload_hash}
            yield _CanonicalPathSigner if path_is_canonical else _Signer, received


class _Signer(SigV4Auth):
    """botocore's signer, over a request that came: it signs the headers that it has, and a body known by its hash."""

    def headers_to_sign(self, request: AWSRequest) -> HTTPHeaders:
        return request.headers

    def payload(self, request: AWSRequest) -> str:
        payload_hash: str = request.context["payload_hash"]
        return payload_hash

    # botocore turns every white space into one space, so that a changed byte could go unseen; AWS names spaces only.
    def _header_value(self, value: str) -> str:
        return _SPACES.sub(" ", value.strip(" \t"))


class _CanonicalPathSigner(_Signer, S3SigV4Auth):
    """Signs the path that it is given as it is, as botocore does for S3."""


def _sign(signer: type[_Signer], received: AWSRequest, signature: Signature, secret: str) -> bytes:
    auth = _auth(signer, signature, secret)
    string_to_sign: str = auth.string_to_sign(received, auth.canonical_request(received))
    value: str = auth.signature(string_to_sign, received)
    return value.encode()


def _auth(signer: type[_Signer], signature: Signature, secret: str) -> _Signer:
    return signer(Credentials(signature.access_key, secret), signature.service, signature.region)


def _headers_to_sign(request: Request, signature: Signature) -> HTTPHeaders | None:
    """The header lines that were signed; None when one is none that HTTP can carry."""
    lines = [(name.lower(), value) for name, value in request.headers]
    if all(name != "host" for name, _ in lines):
        lines.append(("host", request.host))
    signed = set(signature.signed_headers)
    headers = HTTPHeaders()
    for name, value in lines:
        if name in signed:
            text = _header_text(value)
            if text is None or not _HEADER_NAME.fullmatch(name):
                return None
            headers[name] = text
    return headers


def _header_text(value: str) -> str | None:
    """A header's value as its client signed it: text in UTF-8, or else in Latin-1; None when no line can hold it."""
    if "\n" in value or "\r" in value:
        return None
    if value.isascii():
        return value
    try:
        octets = value.encode("latin-1")
    except UnicodeError:
        return None
    try:
        return octets.decode()
    except UnicodeError:
        return value


def _paths(request: Request, signature: Signature) -> Iterator[tuple[str, bool]]:
    """The paths that the client may have signed, each with whether it is in its canonical form already.

    AWS's form for services other than S3 is the path as sent, normalized and encoded once more. The others are those of
    signers that people use, and hold the bytes that came just as well:

    - awscurl does not normalize the path, nor do the AWS SDKs that are told not to;
    - httpx-aws-auth encodes the decoded path, neither normalized nor twice. Its ``%2F`` and ``/`` are one, which only
      the signer could mend; escapes in lower case, which it would not make, are refused.
    """
    path = request.raw_path if request.signed_path is None else request.signed_path
    if not path.startswith("/"):
        return
    is_httpx_aws_auth = signature.signed_headers in _HTTPX_AWS_AUTH_HEADERS and request.header("x-amz-content-sha256")
    if is_httpx_aws_auth and not _LOWER_CASE_ESCAPE.search(path):
        yield quote(unquote_to_bytes(path), safe="/~"), True
    yield path, False
    if "//" in path or "/." in path:
        yield quote(path, safe="/~"), True


def _queries(request: Request, signature: Signature) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """The queries that the client may have signed: as text for the URL, or as decoded pairs that are to be encoded.

    botocore sorts the query as it was sent; AWS, like requests-aws4auth, decodes and encodes each part. There escapes
    in lower case and bare spaces are not accepted: they would be bytes that can change.
    """
    pieces = list(query_pieces(request.raw_query))
    if signature.expires is not None:
        pieces = [piece for piece in pieces if piece[0] != SIGNATURE_NAME]
    query = "&".join(text for _, _, text in pieces)
    yield query, []
    if not query or " " in query or _LOWER_CASE_ESCAPE.search(query):
        return
    parts = [text.partition("=") for _, _, text in pieces]
    try:
        pairs = [(_form_decoded(name), _form_decoded(value)) for name, _, value in parts]
    except UnicodeError:
        return
    yield "", pairs


def _form_decoded(text: str) -> str:
    return unquote_plus(text, errors="strict")
