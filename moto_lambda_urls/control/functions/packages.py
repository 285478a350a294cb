"""Deployment packages, read from a request or S3 and checked as AWS does."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from moto.awslambda.models import do_validate_s3
from moto.s3.exceptions import MissingBucket
from moto.s3.models import s3_backends
from moto.utilities.utils import get_partition

from ...runtime.in_process.loading.packages import (
    MAX_UNZIPPED,
    PackageRefused,
    check_contents,
    check_readable,
    check_upload,
    is_zip,
    member_names,
    unzipped_size,
)
from ...state import scope
from ..exceptions import ApiError, InvalidParameterValueException, RequestEntityTooLargeException
from ..in_moto import random_uuid

MAX_STORED = 80_530_636_800
"""Bytes of all packages of an account in a region. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""

_NO_SUCH_BUCKET = ("NoSuchBucket", "The specified bucket does not exist")
_NO_SUCH_KEY = ("NoSuchKey", "The specified key does not exist.")
_NO_SUCH_VERSION = ("NoSuchVersion", "The specified version does not exist.")


@dataclass(frozen=True)
class Package:
    """A zip's bytes, and where they came from as the request says it."""

    content: bytes
    code: Mapping[str, Any]

    @property
    def size(self) -> int:
        return len(self.content)

    @cached_property
    def _hash(self) -> Any:
        return hashlib.sha256(self.content)

    @property
    def sha_256(self) -> str:
        """The hash as the API shows it."""
        return base64.b64encode(self._hash.digest()).decode()

    @property
    def digest(self) -> str:
        """The hash as moto names Docker volumes after it."""
        return str(self._hash.hexdigest())

    def as_moto_keeps_it(self, function_name: str) -> dict[str, Any]:
        """What moto has as a function's ``code``."""
        if "ZipFile" not in self.code:
            return dict(self.code)
        unique = random_uuid()
        return {"ZipFile": self.code["ZipFile"], "UUID": unique, "S3Key": f"{function_name}-{unique}"}


def read_package(code: Mapping[str, Any], *, account_id: str, region: str, layers: Sequence[bytes]) -> Package:
    """The package that a request's ``code`` gives, for a function with the zips ``layers``.

    :raises InvalidParameterValueException: there is none, S3 does not have it, or see check_package.
    :raises RequestEntityTooLargeException: see check_package.
    """
    if code.get("ZipFile"):
        package = Package(_decoded(code["ZipFile"]), {"ZipFile": code["ZipFile"]})
        check_package(package.content, layers, is_upload=True)
    elif code.get("S3Bucket") and code.get("S3Key"):
        content = _from_s3(code, account_id, region)
        kept = {name: code[name] for name in ("S3Bucket", "S3Key", "S3ObjectVersion") if name in code}
        package = Package(content or b"", kept)
        if content is not None:
            check_package(content, layers, is_upload=False)
    else:
        raise InvalidParameterValueException("Please provide a source for function code.")
    return package


def check_package(content: bytes, layers: Sequence[bytes], *, is_upload: bool) -> None:
    """Check the zip ``content`` for a function with the zips ``layers``, and read them all to their ends.

    With ``validate="moto"`` what is no zip passes, as in plain moto.

    :raises RequestEntityTooLargeException: an upload of over 50 MB.
    :raises InvalidParameterValueException: no zip, or an empty or damaged one, or too large unzipped, alone or with its
        layers.
    """
    if scope.options().validate == "moto" and not is_zip(content):
        return
    archives = [content, *(layer for layer in layers if is_zip(layer))]  # moto takes layers that are no zips
    with _answered():
        if is_upload:
            check_upload(content)
        else:
            check_contents([content])
        if not member_names(content):
            raise InvalidParameterValueException("Uploaded file must be a non-empty zip")
        together = sum(map(unzipped_size, archives))
    if layers and together >= MAX_UNZIPPED:
        raise InvalidParameterValueException(
            f"Function code combined with layers exceeds the maximum allowed size of {MAX_UNZIPPED} bytes. "
            f"The actual size is {together} bytes."
        )
    with _answered():
        for archive in archives:
            check_readable(archive)


@contextmanager
def _answered() -> Iterator[None]:
    """Refusals of packages as the API's errors."""
    try:
        yield
    except PackageRefused as refused:
        error: type[ApiError] = InvalidParameterValueException
        if refused.status == 413:
            error = RequestEntityTooLargeException
        raise error(refused.message) from refused


def _decoded(zip_file: str | bytes) -> bytes:
    try:
        return base64.b64decode(zip_file, validate=True)
    except (binascii.Error, ValueError) as error:
        # A decision: what is not base64 is no zip either.
        raise InvalidParameterValueException(
            "Could not unzip uploaded file. Please check your file, then try to upload again."
        ) from error


def _from_s3(code: Mapping[str, Any], account_id: str, region: str) -> bytes | None:
    """The object's bytes; None where moto's VALIDATE_LAMBDA_S3 says that it need not be there."""
    bucket, version = code["S3Bucket"], code.get("S3ObjectVersion")
    storage = s3_backends[account_id][get_partition(region)]
    try:
        bucket_region = storage.get_bucket(bucket).region_name
        found = storage.get_object(bucket, code["S3Key"], version_id=version)
    except MissingBucket:
        missing = _s3_error(*_NO_SUCH_BUCKET)
    else:
        if bucket_region != region and do_validate_s3():
            reason = f"The bucket is in this region: {bucket_region}. Please use this region to retry the request"
            raise _s3_error("PermanentRedirect", reason)
        if found is not None:
            return bytes(found.value)
        missing = _s3_error(*_NO_SUCH_VERSION if version else _NO_SUCH_KEY)
    if do_validate_s3():
        raise missing
    return None


def _s3_error(code: str, message: str) -> InvalidParameterValueException:
    return InvalidParameterValueException(
        f"Error occurred while GetObject. S3 Error Code: {code}. S3 Error Message: {message}"
    )
