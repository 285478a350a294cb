"""Proof that no web page has sent a request to AWS's API: a signature, or an operation that takes unsigned ones."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from ..invocations import custom_resources
from . import in_moto
from .guard import is_from_browser

Environ = Mapping[str, Any]

_SIGNATURE_4 = re.compile(
    r"AWS4-(?:HMAC|ECDSA-P256)-SHA256 +Credential=[^\s,/]+(?:/[^\s,/]+){2,3}/aws4_request, *"
    r"SignedHeaders=[^\s,]+, *Signature=[0-9a-f]+"
)
_TARGET = re.compile(r"[A-Za-z0-9_.]+\.[A-Za-z0-9]+")
_PRESIGNED = (
    {"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature"},
    {"AWSAccessKeyId", "Expires", "Signature"},  # Signature Version 2, boto3's own choice in us-east-1
)
_OBJECT_QUERY = re.compile(r"versionId|partNumber|x-id|response-[a-z-]+")
_KEYS_OF_A_POOL = re.compile(r"/[^/]+/\.well-known/(?:jwks\.json|openid-configuration)")
_SHOWN_BY_MOTO_API = ("/moto-api", "/moto-api/", "/moto-api/data.json", "/moto-api/config")
_CUSTOM_RESOURCE = re.compile(r"/cloudformation_[a-z0-9-]+/cfnresponse")


def objection(service: str, environ: Environ) -> str | None:
    """Why the request may not reach moto's ``service``; None when it carries a proof, or needs none."""
    if has_proof(environ) or any(service in each.services and each.fits(environ) for each in UNSIGNED):
        return None
    return (
        "The request is not signed, so that any web page could have sent it. "
        "Sign it with Signature Version 4 and any key: an AWS SDK, the AWS CLI and curl --aws-sigv4 do."
    )


def has_proof(environ: Environ) -> bool:
    """Whether the request has what a page cannot send without a preflight: a Signature Version 4 or AWS's target.

    Whether the signature is right does not matter for that. Any other Authorization spoils it: moto reads a service
    out of every scheme, and ``http://name:password@host`` gives a Basic one.
    """
    authorization = environ.get("HTTP_AUTHORIZATION")
    if authorization is not None:
        return _SIGNATURE_4.fullmatch(authorization) is not None
    return _TARGET.fullmatch(environ.get("HTTP_X_AMZ_TARGET", "")) is not None


@dataclass(frozen=True, kw_only=True)
class Unsigned:
    """A kind of request that moto answers without a signature; docs/server.md has the reason why each is safe."""

    name: str
    services: frozenset[str]
    fits: Callable[[Environ], bool]


def _presigned(environ: Environ) -> bool:
    names = {name for name, _ in parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True)}
    return "HTTP_AUTHORIZATION" not in environ and any(wanted <= names for wanted in _PRESIGNED)


def _reads_object(environ: Environ) -> bool:
    names = [name for name, _ in parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True)]
    bucket, _, key = environ.get("PATH_INFO", "").lstrip("/").partition("/")
    by_name = environ["HTTP_HOST"][:1] != "[" and in_moto.host_names_bucket(environ)
    return (
        _has_method(environ, "GET", "HEAD")
        and "HTTP_AUTHORIZATION" not in environ
        and bool(key or (by_name and bucket))  # by_name: the host names the bucket
        and all(_OBJECT_QUERY.fullmatch(name) for name in names)
    )


def _uploads_form(environ: Environ) -> bool:
    form = str(environ.get("CONTENT_TYPE", "")).startswith("multipart/form-data")
    return form and _is_tool(environ, "POST") and not environ.get("QUERY_STRING")


def _reads_keys(environ: Environ) -> bool:
    return _is_tool(environ, "GET") and _KEYS_OF_A_POOL.fullmatch(environ.get("PATH_INFO", "")) is not None


def _posts_form(environ: Environ) -> bool:
    return _is_tool(environ, "POST") and environ.get("PATH_INFO") == "/" and not environ.get("QUERY_STRING")


def _uses_moto_api(environ: Environ) -> bool:
    # A page that somebody opens by typing its address can redirect: moto's other addresses act on GET, too.
    typed = environ.get("HTTP_SEC_FETCH_SITE") == "none" and environ.get("PATH_INFO") in _SHOWN_BY_MOTO_API
    return (typed and _has_method(environ, "GET")) or _is_tool(environ)


def _answers_custom_resource(environ: Environ) -> bool:
    here = _CUSTOM_RESOURCE.fullmatch(environ.get("PATH_INFO", "")) is not None
    query = environ.get("QUERY_STRING", "")
    return here and _is_tool(environ, "PUT") and custom_resources.is_answer_query(query)


def _is_tool(environ: Environ, *methods: str) -> bool:
    no_page = not is_from_browser(environ) and "HTTP_AUTHORIZATION" not in environ
    return no_page and (not methods or _has_method(environ, *methods))


def _has_method(environ: Environ, *methods: str) -> bool:
    return environ["REQUEST_METHOD"] in methods


UNSIGNED = (
    Unsigned(name="S3: a presigned query", services=frozenset({"s3"}), fits=_presigned),
    Unsigned(name="S3: GET and HEAD of an object", services=frozenset({"s3"}), fits=_reads_object),
    Unsigned(name="S3: an upload by a presigned form", services=frozenset({"s3"}), fits=_uploads_form),
    Unsigned(name="Cognito: a pool's public keys", services=frozenset({"cognitoidp"}), fits=_reads_keys),
    Unsigned(name="STS: roles for SAML and OpenID", services=frozenset({"sts"}), fits=_posts_form),
    Unsigned(name="SimpleDB: Signature Version 2", services=frozenset({"sdb"}), fits=_posts_form),
    Unsigned(name="EC2: instance metadata", services=frozenset({"instance_metadata"}), fits=_is_tool),
    Unsigned(name="moto: /moto-api", services=frozenset({"moto_api", "moto_api._internal"}), fits=_uses_moto_api),
    Unsigned(
        name="CloudFormation: a custom resource's answer",
        services=frozenset({"cloudformation"}),
        fits=_answers_custom_resource,
    ),
)
