"""Resource class of AWS::Lambda::CodeSigningConfig."""

from __future__ import annotations

from typing import Any

from ...control.models import FunctionUrlBackend
from ...control.operations.code_signing import CodeSigningConfig
from ...control.validation import validate
from .properties import parameters, tags
from .resources import Resource

_DEFAULTS: dict[str, Any] = {"CodeSigningPolicies": {"UntrustedArtifactOnDeployment": "Warn"}}


class CodeSigningConfigResource(Resource):
    """A code signing configuration; ``Ref`` is its ARN."""

    attributes = frozenset({"CodeSigningConfigArn", "CodeSigningConfigId"})

    def __init__(self, config: CodeSigningConfig) -> None:
        self.physical_resource_id = config.arn
        self.values = {"CodeSigningConfigArn": config.arn, "CodeSigningConfigId": config.config_id}

    @classmethod
    def create(cls, backend: FunctionUrlBackend, name: str, properties: dict[str, Any]) -> CodeSigningConfigResource:  # noqa: ARG003
        wanted = parameters("CreateCodeSigningConfig", {**properties, "Tags": tags(properties)})
        validate("CreateCodeSigningConfig", wanted)
        return cls(backend.create_code_signing_config(wanted))

    @classmethod
    def update(
        cls, backend: FunctionUrlBackend, original: CodeSigningConfigResource, properties: dict[str, Any]
    ) -> CodeSigningConfigResource:
        arn = original.physical_resource_id
        # What a template no longer names goes back to its default.
        wanted = parameters(
            "UpdateCodeSigningConfig", {**_DEFAULTS, "Description": "", **properties, "CodeSigningConfigArn": arn}
        )
        validate("UpdateCodeSigningConfig", wanted)
        backend.put_code_signing_tags(arn, tags(properties))
        return cls(backend.update_code_signing_config(arn, wanted))

    def remove(self, backend: FunctionUrlBackend) -> None:
        backend.let_code_signing_config_go(self.physical_resource_id)
