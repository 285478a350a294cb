"""Local files and folders of a template, uploaded as ``aws cloudformation package`` does."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..messages.templates import check_sections, read_template
from .bucket import Bucket
from .packaging import package

_ELSEWHERE = re.compile(r"s3://|https?://", re.IGNORECASE)

Within = frozenset[Path]
"""The nested templates that a template is in."""
Read = Callable[[Path, Bucket, Within], tuple[bytes, str]]
Form = Callable[[str, str], Any]


@dataclass(frozen=True, kw_only=True)
class _Property:
    """A property that may name a local file or folder: what is uploaded for it, and what is written in its place."""

    name: str
    read: Read
    form: Form


def with_uploads(
    template: Mapping[str, Any], folder: Path, bucket: Bucket, *, within: Within = frozenset()
) -> dict[str, Any]:
    """``template`` with what its resources name below ``folder`` uploaded to ``bucket``, and the uploads in its place.

    As with AWS's tools, a function of SAM that names no code has that of ``folder``.

    :raises FileNotFoundError: a file or folder is not there; the message names the resource.
    :raises ValueError: it cannot be packaged, or nests itself; the message names the resource.
    """
    uploaded: dict[str, Any] = copy.deepcopy(dict(template))
    for owner, which, properties in _local(uploaded):
        path = folder / properties[which.name]
        content, suffix = _read(owner, which, properties[which.name], path, bucket, within)
        properties[which.name] = which.form(bucket.name, bucket.upload(content, suffix=suffix))
    return uploaded


def named_paths(template: Mapping[str, Any], folder: Path, *, within: Within = frozenset()) -> Iterator[Path]:
    """The files and folders that ``with_uploads`` reads, in nested templates too.

    :raises ValueError: a template cannot be read, or nests itself.
    """
    for _, which, properties in _local(copy.deepcopy(dict(template))):
        path = folder / properties[which.name]
        yield path
        if which.read is _nested and path.is_file():
            yield from named_paths(_inner(path, within), path.parent, within=within | {path.resolve()})


def _local(template: dict[str, Any]) -> Iterator[tuple[str, _Property, dict[str, Any]]]:
    """What names something local in ``template``: who, in which property, among which properties."""
    check_sections(template)
    shared = (template.get("Globals") or {}).get("Function") or {}
    owners = [("Globals.Function", _FUNCTION_OF_SAM, shared)]
    for name, resource in template["Resources"].items():
        found = _PROPERTIES.get(resource["Type"]) if "Type" in resource else None  # Fn::ForEach has none
        if found is not None:
            properties = resource["Properties"] = resource.get("Properties") or {}
            if found is _FUNCTION_OF_SAM and _has_no_code({**shared, **properties}):
                properties[found.name] = "."
            owners.append((name, found, properties))
    for owner, which, properties in owners:
        value = properties.get(which.name)
        if isinstance(value, str) and not _ELSEWHERE.match(value) and properties.get("PackageType") != "Image":
            yield owner, which, properties


def _read(owner: str, which: _Property, value: str, path: Path, bucket: Bucket, within: Within) -> tuple[bytes, str]:
    try:
        return which.read(path, bucket, within)
    except FileNotFoundError as error:
        missing = f"{owner}: {which.name} is {value!r}, and there is no {str(path.resolve())!r}"
        raise FileNotFoundError(missing) from error
    except ValueError as error:
        raise ValueError(f"{owner}: {which.name} is {value!r}: {error}") from error


def _has_no_code(properties: Mapping[str, Any]) -> bool:
    return not {"CodeUri", "InlineCode", "ImageUri"} & properties.keys() and properties.get("PackageType") != "Image"


def _package(path: Path, *_: object) -> tuple[bytes, str]:
    return package(path), ".zip"


def _file(path: Path, *_: object) -> tuple[bytes, str]:
    return path.read_bytes(), path.suffix


def _nested(path: Path, bucket: Bucket, within: Within) -> tuple[bytes, str]:
    template = with_uploads(_inner(path, within), path.parent, bucket, within=within | {path.resolve()})
    return json.dumps(template).encode(), ".template"


def _inner(path: Path, within: Within) -> dict[str, Any]:
    if path.resolve() in within:
        raise ValueError("the template nests itself")
    return read_template(path.read_text(encoding="utf-8"))


def _uri(bucket: str, key: str) -> str:
    return f"s3://{bucket}/{key}"


def _url(bucket: str, key: str) -> str:
    return f"https://s3.amazonaws.com/{bucket}/{key}"


_FUNCTION_OF_SAM = _Property(name="CodeUri", read=_package, form=_uri)
_DEFINITION_OF_SAM = _Property(name="DefinitionUri", read=_file, form=_uri)
_PROPERTIES = {
    "AWS::Serverless::Function": _FUNCTION_OF_SAM,
    "AWS::Serverless::LayerVersion": _Property(name="ContentUri", read=_package, form=_uri),
    "AWS::Serverless::Api": _DEFINITION_OF_SAM,
    "AWS::Serverless::HttpApi": _DEFINITION_OF_SAM,
    "AWS::Serverless::StateMachine": _DEFINITION_OF_SAM,
    "AWS::Serverless::Application": _Property(name="Location", read=_nested, form=_url),
    "AWS::CloudFormation::Stack": _Property(name="TemplateURL", read=_nested, form=_url),
    "AWS::Lambda::Function": _Property(
        name="Code", read=_package, form=lambda bucket, key: {"S3Bucket": bucket, "S3Key": key}
    ),
    "AWS::Lambda::LayerVersion": _Property(
        name="Content", read=_package, form=lambda bucket, key: {"S3Bucket": bucket, "S3Key": key}
    ),
    "AWS::StepFunctions::StateMachine": _Property(
        name="DefinitionS3Location", read=_file, form=lambda bucket, key: {"Bucket": bucket, "Key": key}
    ),
    "AWS::ApiGateway::RestApi": _Property(
        name="BodyS3Location", read=_file, form=lambda bucket, key: {"Bucket": bucket, "Key": key}
    ),
}
"""By the type of the resource; other types name nothing local that moto reads."""
