"""CloudFormation templates: YAML with its short forms, or JSON, read into dicts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from typing import Any

_TAG = "tag:yaml.org,2002:"
_TIMESTAMP = f"{_TAG}timestamp"
_SECTIONS = ("Parameters", "Mappings", "Conditions", "Globals", "Resources", "Outputs")
_REFUSED_TAGS = frozenset(f"{_TAG}{name}" for name in ("binary", "omap", "pairs", "set", "timestamp"))
"""https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html"""
_MAX_LENGTH = 2_000_000
"""Characters of a template with its aliases written out. Decision: twice what CloudFormation takes from S3."""
_NEEDS_YAML = (
    "A template in YAML needs PyYAML, which comes with CloudFormation: pip install 'moto-lambda-urls[sam]'. "
    "A template in JSON needs nothing."
)


def read_template(text: str) -> dict[str, Any]:
    """The template ``text``, with ``!Ref`` and the other short forms written out, and dates as the text that they are.

    :raises ValueError: it is neither YAML nor JSON, no mapping, or too large with its aliases written out.
    :raises ImportError: it is YAML, and PyYAML is not installed; the message names the extra to install.
    """
    try:
        template = _read_json(text) if text.lstrip().startswith("{") else _read_yaml(text)
        if not isinstance(template, dict):
            raise ValueError("a template is a mapping with Resources")
        _check_length(template)
        read: dict[str, Any] = _with_attribute_lists(template)
    except RecursionError:
        raise ValueError("the template is nested too deeply") from None
    return read


def check_sections(template: Mapping[str, Any]) -> None:
    """Refuse a ``template`` whose sections, or resources, are not the mappings that they have to be.

    :raises ValueError: they are not; the message is CloudFormation's, without its beginning "Template format error: ".
    """
    for section in _SECTIONS:
        if not isinstance(template.get(section) or {}, dict):
            raise ValueError(f"[/{section}] is not an object")
    if not template.get("Resources"):
        raise ValueError("At least one Resources member must be defined.")
    for name, resource in template["Resources"].items():
        if str(name).startswith("Fn::"):
            continue
        if not isinstance(resource, dict) or not isinstance(resource.get("Properties") or {}, dict):
            raise ValueError(f"[/Resources/{name}] resource definition is malformed")
        if not isinstance(resource.get("Type"), str):
            raise ValueError(f"[/Resources/{name}] Every Resources object must contain a Type member.")


def _check_length(template: dict[str, Any]) -> None:
    """Refuse what a few lines stand for billions in, with aliases of aliases or an alias in itself."""
    left = _MAX_LENGTH
    pending: list[Any] = [template]
    while pending:
        value = pending.pop()
        left -= len(value) + 1 if isinstance(value, str | list | dict) else 1
        if left < 0:
            raise ValueError(f"the template has more than {_MAX_LENGTH} characters with its aliases written out")
        if isinstance(value, dict):
            pending += [*value.keys(), *value.values()]
        elif isinstance(value, list):
            pending += value


def _read_json(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        # What is no JSON, with a comma too many, may be YAML, as for CloudFormation:
        # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-validate-template.html
        with suppress(ValueError):
            return _read_yaml(text)
        raise ValueError(f"JSON not well-formed. (line {error.lineno}, column {error.colno})") from error


def _read_yaml(text: str) -> Any:
    try:
        import yaml
    except ModuleNotFoundError as error:
        raise ImportError(_NEEDS_YAML) from error
    try:
        return yaml.load(text, Loader=_loader())
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error


@cache
def _loader() -> Any:
    import yaml

    class Loader(yaml.SafeLoader):
        """Reads tags as short forms, and no timestamps: CloudFormation takes 2012-10-17 for text."""

        def flatten_mapping(self, node: Any) -> None:
            """Keep one value for each key: merges of merges (``<<``) would double their length with each step."""
            super().flatten_mapping(node)
            node.value = list({(key.tag, str(key.value)): (key, value) for key, value in node.value}.values())

    Loader.yaml_implicit_resolvers = {
        first: [each for each in resolvers if each[0] != _TIMESTAMP]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    Loader.yaml_constructors = {
        tag: construct for tag, construct in yaml.SafeLoader.yaml_constructors.items() if tag not in _REFUSED_TAGS
    }
    Loader.add_multi_constructor("!", _written_out)
    return Loader


def _written_out(loader: Any, name: str, node: Any) -> dict[str, Any]:
    construct = {"scalar": "construct_scalar", "sequence": "construct_sequence", "mapping": "construct_mapping"}[
        node.id
    ]
    value = getattr(loader, construct)(node, **({} if node.id == "scalar" else {"deep": True}))
    return {name if name in ("Ref", "Condition") else f"Fn::{name}": value}


def _with_attribute_lists(value: Any) -> Any:
    if isinstance(value, list):
        return [_with_attribute_lists(each) for each in value]
    if not isinstance(value, dict):
        return value
    attribute = value.get("Fn::GetAtt")
    if isinstance(attribute, str):
        return {**value, "Fn::GetAtt": attribute.split(".", 1)}
    return {key: _with_attribute_lists(each) for key, each in value.items()}
