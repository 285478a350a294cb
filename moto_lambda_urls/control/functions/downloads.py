"""Download URLs of deployment packages and layers, served by moto's S3."""

from __future__ import annotations

import hashlib
from urllib.parse import quote, urlencode

from botocore.auth import SIGV4_TIMESTAMP
from moto.awslambda.models import LambdaFunction, LayerVersion
from moto.core.utils import utcnow
from moto.s3.models import s3_backends
from moto.utilities.utils import get_partition

_AWS_ACCOUNT = "000000000000"
"""Whose the buckets are that packages are handed out from: no account that a test uses sees them in its own list."""

_SECONDS_OF_A_LINK = 600


def download_url(function: LambdaFunction, *, endpoint: str | None) -> str:
    """A URL from which the package of ``function`` can be downloaded until the mock ends; on AWS for ten minutes.

    The package is put into moto's S3 now. ``endpoint`` is the URL of a server, None for S3's own host.
    """
    key = f"snapshots/{function.account_id}/{function.function_name}-{function.code_digest}"
    return _url(f"awslambda-{function.region}-tasks", key, function.code_bytes, function.region, endpoint)


def layer_download_url(version: LayerVersion, *, endpoint: str | None) -> str:
    """The same for the contents of a layer version."""
    key = f"snapshots/{version.account_id}/{version.name}-{version.code_digest}"
    return _url(f"awslambda-{version.region}-layers", key, version.code_bytes, version.region, endpoint)


def _url(bucket: str, key: str, content: bytes, region: str, endpoint: str | None) -> str:
    _put(bucket, key, content, region)
    host = f"https://{bucket}.s3.{region}.amazonaws.com" if endpoint is None else f"{endpoint}/{bucket}"
    return f"{host}/{quote(key)}?{_presigned(region)}"


def _put(bucket: str, key: str, content: bytes, region: str) -> None:
    storage = s3_backends[_AWS_ACCOUNT][get_partition(region)]
    if bucket not in storage.buckets:
        storage.create_bucket(bucket, region)
    if storage.get_object(bucket, key) is None:
        storage.put_object(bucket, key, content)


def _presigned(region: str) -> str:
    now = utcnow()
    return urlencode(
        {
            "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
            "X-Amz-Date": now.strftime(SIGV4_TIMESTAMP),
            "X-Amz-SignedHeaders": "host",
            "X-Amz-Expires": _SECONDS_OF_A_LINK,
            "X-Amz-Credential": f"AKIAIOSFODNN7EXAMPLE/{now:%Y%m%d}/{region}/s3/aws4_request",
            "X-Amz-Signature": hashlib.sha256(now.isoformat().encode()).hexdigest(),
        }
    )
