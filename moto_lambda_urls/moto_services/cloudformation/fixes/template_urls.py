"""TemplateURL: moto finds a template in a bucket at AWS's names and at ``localhost`` only."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote, urlsplit

from ....messages.addresses import AWS_DOMAIN, asked_at, is_loopback
from ....patching.patches import Method, Patches
from ....state import scope
from ..errors import validation_error

_PATH_STYLE = re.compile(rf"s3(?:[.-][a-z0-9.-]+)?\.{AWS_DOMAIN}")
_HOST_STYLE = re.compile(rf"(?P<bucket>.+?)\.s3(?:[.-][a-z0-9.-]+)?\.{AWS_DOMAIN}")


def patch(module: Any, patches: Patches) -> None:
    """Let ``module``, which reads templates by URL, read them at each name of S3 and of this server.

    Nothing is requested: a URL tells the bucket of the caller's account and the key, or is refused.
    """
    patches.method(module, "get_stack_from_s3_url", _of_bucket)


def _of_bucket(_: Method) -> Method:
    def get_stack_from_s3_url(template_url: str, account_id: str, partition: str) -> str:
        bucket, key = _bucket_and_key(template_url)
        return _read(template_url, bucket, key, account_id, partition)

    return get_stack_from_s3_url


def _bucket_and_key(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise validation_error(f"TemplateURL {url} is no URL: {error}") from error
    host, path = (parts.hostname or "").lower(), unquote(parts.path).lstrip("/")
    if parts.scheme == "s3":
        return host, path
    if parts.scheme in ("http", "https"):
        if found := _HOST_STYLE.fullmatch(host):
            return found["bucket"], path
        server = next((name for name in _server_names() if host.endswith(f".{name}")), None)
        if server is not None and host != server:
            return host.removesuffix(f".{server}").removesuffix(".s3"), path
        if _PATH_STYLE.fullmatch(host) or is_loopback(host) or host in _server_names():
            bucket, _, key = path.partition("/")
            return bucket, key
    raise validation_error(f"S3 error: {url} is neither at Amazon S3 nor at this server: its template is not fetched.")


def _server_names() -> set[str]:
    found = {urlsplit(each).hostname for each in (asked_at.get(), scope.options().endpoint_url) if each}
    return {"localhost", *(each.lower() for each in found if each)}


def _read(url: str, bucket: str, key: str, account_id: str, partition: str) -> str:
    # At each use: a test may have taken moto's modules out of sys.modules since.
    from moto.s3.exceptions import S3ClientError
    from moto.s3.models import s3_backends

    try:
        found = s3_backends[account_id][partition].get_object(bucket, key)
    except S3ClientError as error:
        raise validation_error(f"S3 error: {error.message} ({url})") from error
    if found is None:
        raise validation_error(f"S3 error: The specified key does not exist. ({url})")
    try:
        return str(found.value, "utf-8")
    except UnicodeDecodeError as error:
        raise validation_error(f"Template format error: {url} is not UTF-8 text: {error.reason}") from error
