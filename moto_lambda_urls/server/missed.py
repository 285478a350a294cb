"""The answer to a link such as ``/login`` that has led out of a function's URL, where URLs are paths: not S3's."""

from __future__ import annotations

import re
from typing import Any

from ..control.url_index import url_index
from ..messages import Response
from ..messages.addresses import PREFIX
from . import in_moto, proof

_OF_AN_API = re.compile(r"20\d\d-\d\d-\d\d")
"""What paths of Lambda's API begin with, and those of other services: unsigned, they are told to sign."""
_MISSED = """There is no bucket {bucket!r} here.

If a link, form or redirect of a function has led here: its URL is a path, {prefix}<id>/, and what begins with / leaves
it. moto-lambda-urls server --url-style port gives each function a port of its own, where such links stay.
"""


def missed(environ: dict[str, Any]) -> Response | None:
    """The answer to what S3 was asked by following a link out of a function URL: there is no such bucket.

    None for what S3 itself is to answer: everything that is signed or comes from an AWS SDK, all while there are no
    function URLs, and what names a bucket that is there.
    """
    bucket = environ.get("PATH_INFO", "").lstrip("/").partition("/")[0]
    if (
        not bucket
        or _OF_AN_API.fullmatch(bucket) is not None
        or environ["REQUEST_METHOD"] not in ("GET", "HEAD", "POST")
        or proof.has_proof(environ)
        or "Signature=" in environ.get("QUERY_STRING", "")
        or "HTTP_AMZ_SDK_INVOCATION_ID" in environ
        or not url_index.configs()
        or in_moto.has_bucket(bucket)
        or in_moto.host_names_bucket(environ)
    ):
        return None
    body = _MISSED.format(bucket=bucket, prefix=PREFIX).encode()
    headers = (("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body))))
    return Response(status=404, headers=headers, body=body)
