"""CloudFormation templates: YAML with its short forms, or JSON, read into dicts."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

_TIMESTAMP = "tag:yaml.org,2002:timestamp"
_NEEDS_YAML = (
    "A template in YAML needs PyYAML, which comes with CloudFormation: pip install 'moto-lambda-urls[sam]'. "
    "A template in JSON needs nothing."
)


def read_template(text: str) -> dict[str, Any]:
    """The template ``text``, with ``!Ref`` and the other short forms written out, and dates as the text that they are.

    :raises ValueError: it is neither YAML nor JSON, or no mapping.
    :raises ImportError: it is YAML, and PyYAML is not installed; the message names the extra to install.
    """
    template = json.loads(text) if text.lstrip().startswith("{") else _read_yaml(text)
    if not isinstance(template, dict):
        raise ValueError("a template is a mapping with Resources")
    read: dict[str, Any] = _with_attribute_lists(template)
    return read


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
