"""CloudFormation templates: YAML with its short forms, or JSON, read into dicts."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

_LOOP = "Fn::ForEach::"
_TIMESTAMP = "tag:yaml.org,2002:timestamp"
_NEEDS_YAML = (
    "A template in YAML needs PyYAML, which comes with CloudFormation: pip install 'moto-lambda-urls[sam]'. "
    "A template in JSON needs nothing."
)


def read_template(text: str) -> dict[str, Any]:
    """The template ``text``, with ``!Ref`` and the other short forms written out, and dates as the text that they are.

    :raises ValueError: it is neither YAML nor JSON, or no mapping with Resources, each of a Type.
    :raises ImportError: it is YAML, and PyYAML is not installed; the message names the extra to install.
    """
    template = json.loads(text) if text.lstrip().startswith("{") else _read_yaml(text)
    if not isinstance(template, dict):
        raise ValueError("a template is a mapping with Resources")
    read: dict[str, Any] = _with_attribute_lists(template)
    _check_resources(read.get("Resources", {}))
    return read


def _check_resources(resources: Any) -> None:
    if not isinstance(resources, dict):
        raise ValueError(f"Resources is a mapping of names to resources, not {resources!r}")
    for name, resource in resources.items():
        if str(name).startswith(_LOOP):
            continue  # of AWS::LanguageExtensions, a list
        if not isinstance(resource, dict):
            raise ValueError(f"the resource {name} is a mapping with a Type and Properties, not {resource!r}")
        if not isinstance(resource.get("Type"), str):
            raise ValueError(f"the resource {name} has no Type")
        if not isinstance(resource.get("Properties", {}), dict):
            raise ValueError(f"the Properties of the resource {name} are a mapping, not {resource['Properties']!r}")


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

    Loader.yaml_implicit_resolvers = {
        first: [each for each in resolvers if each[0] != _TIMESTAMP]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
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
