"""The SAM transform, by aws-sam-translator."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from threading import Lock
from typing import Any

import boto3

TRANSFORM = "AWS::Serverless-2016-10-31"
_MISSING = (
    f"The template's Transform {TRANSFORM} needs aws-sam-translator, which is not installed: "
    "pip install 'moto-lambda-urls[sam]'"
)
_one_at_a_time = Lock()
"""The translator keeps the region that it translates for in a class."""


class TransformError(ValueError):
    """A transform was not applied; the message says why."""


def translate(template: Mapping[str, Any], parameters: Mapping[str, Any], region_name: str) -> dict[str, Any]:
    """The CloudFormation template that AWS's macro makes of ``template``, a SAM template.

    :param parameters: the stack's parameters, which some properties must be known from.
    :raises TransformError: the translator is not installed, or it refuses the template, in its words.
    """
    _refuse_published_applications(template)
    try:
        from samtranslator.internal.managed_policies import get_bundled_managed_policy_map
        from samtranslator.model.exceptions import InvalidDocumentException
        from samtranslator.parser.parser import Parser
        from samtranslator.translator.arn_generator import ArnGenerator
        from samtranslator.translator.translator import Translator
    except ModuleNotFoundError as error:
        raise TransformError(_MISSING) from error

    source, values = copy.deepcopy(dict(template)), dict(parameters)
    partition = ArnGenerator.get_partition_name(region_name)
    with _one_at_a_time:
        translator = Translator(None, Parser(), boto_session=boto3.Session(region_name=region_name))
        try:
            translated: dict[str, Any] = translator.translate(
                source, values, get_managed_policy_map=lambda: get_bundled_managed_policy_map(partition)
            )
        except InvalidDocumentException as error:
            reasons = " ".join(each.message for each in error.causes)
            raise TransformError(f"Transform {TRANSFORM} failed with: {error.message} {reasons}") from error
    return translated


def _refuse_published_applications(template: Mapping[str, Any]) -> None:
    for name, resource in template["Resources"].items():
        location = (resource.get("Properties") or {}).get("Location")
        if resource.get("Type") == "AWS::Serverless::Application" and isinstance(location, dict):
            raise TransformError(
                f"Resource {name} is an application of the Serverless Application Repository, which is not mocked: "
                "give the location of its template."
            )
