"""Cloud assemblies of the CDK: a stack's template with the assets that it needs published first."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .bucket import Bucket
from .packaging import package

_TEMPLATE = ".template.json"
_BOOTSTRAP = "/cdk-bootstrap/"
_BOOTSTRAP_VERSION = "30"
"""The version of the bootstrap stack that is pretended to be there; templates ask for 6 and more."""
_SSM_PARAMETER = "AWS::SSM::Parameter::Value"

MakeBucket = Callable[[str], Bucket]


def stack_template_in(folder: Path) -> Path | None:
    """The template of the only stack in the cloud assembly ``folder``; None when it is no cloud assembly.

    :raises ValueError: it has no stack, or several; the message names their templates.
    """
    if not (folder / "manifest.json").is_file():
        return None
    found: list[Path] = sorted(folder / each["properties"]["templateFile"] for each in _stacks(folder).values())
    if len(found) != 1:
        named = ", ".join(str(each) for each in found) or "none"
        raise ValueError(f"the cloud assembly {str(folder)!r} has not one stack; give the template of one of: {named}")
    return found[0]


def stack_name_of(template_file: Path) -> str | None:
    """The name that the cloud assembly gives the stack of ``template_file``; None when that is of no cloud assembly."""
    for name, artifact in _stacks(template_file.parent).items():
        if artifact["properties"]["templateFile"] == template_file.name:
            return str(artifact["properties"].get("stackName", name))
    return None


def _stacks(folder: Path) -> dict[str, Any]:
    manifest = folder / "manifest.json"
    artifacts = json.loads(manifest.read_text(encoding="utf-8")).get("artifacts", {}) if manifest.is_file() else {}
    return {name: each for name, each in artifacts.items() if each["type"] == "aws:cloudformation:stack"}


@dataclass(frozen=True, kw_only=True)
class Assets:
    """What the assets manifest beside a template names, for one account and region."""

    manifest: Path
    account_id: str
    region_name: str

    @classmethod
    def manifest_of(cls, template_file: Path) -> Path | None:
        """The assets manifest of a template of a cloud assembly; None when it has none."""
        if not template_file.name.endswith(_TEMPLATE):
            return None
        manifest = template_file.with_name(f"{template_file.name.removesuffix(_TEMPLATE)}.assets.json")
        return manifest if manifest.is_file() else None

    def publish(self, bucket: MakeBucket) -> None:
        """Upload each file to the buckets of its destinations, unless it is there.

        :raises FileNotFoundError: a file is not there; the message names the asset.
        :raises ValueError: an asset is of a kind that only the CDK's own tools publish.
        """
        content = json.loads(self.manifest.read_text(encoding="utf-8"))
        for name, image in content.get("dockerImages", {}).items():
            raise ValueError(f"the asset {self._named(name, image)} is a container image, which is not built here")
        for name, asset in content.get("files", {}).items():
            for place in asset["destinations"].values():
                to = bucket(self._filled(place["bucketName"]))
                key = self._filled(place["objectKey"])
                if not to.has(key):
                    to.put(key, self._content(name, asset))

    def _content(self, name: str, asset: Mapping[str, Any]) -> bytes:
        source = asset["source"]
        if "path" not in source:
            raise ValueError(f"the asset {self._named(name, asset)} is made by a program, which is not run here")
        path = self.manifest.parent / source["path"]
        if not path.exists():
            raise FileNotFoundError(f"the asset {self._named(name, asset)} is not there: {str(path)!r}")
        return package(path) if source.get("packaging") == "zip" else path.read_bytes()

    def _named(self, name: str, asset: Mapping[str, Any]) -> str:
        return str(asset.get("displayName") or name)

    def _filled(self, text: str) -> str:
        values = {"AccountId": self.account_id, "Region": self.region_name, "Partition": "aws"}
        for name, value in values.items():
            text = text.replace(f"${{AWS::{name}}}", value)
        return text


def bootstrap_parameters(template: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The names and values of the SSM parameters that bootstrapping makes, and that ``template`` reads."""
    for parameter in (template.get("Parameters") or {}).values():
        default = str(parameter.get("Default", ""))
        if str(parameter.get("Type")).startswith(_SSM_PARAMETER) and default.startswith(_BOOTSTRAP):
            yield default, _BOOTSTRAP_VERSION
