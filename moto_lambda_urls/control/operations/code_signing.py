"""The operations on code signing configurations."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from string import ascii_lowercase, digits
from typing import Any

from moto.core.utils import utcnow
from moto.utilities.utils import get_partition

from ..exceptions import CodeSigningConfigNotFoundException, ResourceConflictException, ResourceNotFoundException
from ..functions.checks import check_tags
from ..functions.deployed import DeployedFunction
from ..functions.times import to_lambda_time
from ..in_moto import function_names, random_text
from .lookup import FunctionLookup
from .pages import page


@dataclass(frozen=True, kw_only=True)
class CodeSigningConfig:
    """Who may sign a function's code, and what happens to other code; nothing here looks at signatures.

    ``publishers`` and ``policies`` are the API's AllowedPublishers and CodeSigningPolicies; ``last_modified`` is as
    Lambda's API gives it, which has the ``tags`` in ListTags alone.
    """

    config_id: str
    arn: str
    description: str | None
    publishers: Mapping[str, Any]
    policies: Mapping[str, Any]
    last_modified: str
    tags: Mapping[str, str] = field(default_factory=dict)
    is_unwanted: bool = False
    """Whether a template has let it go while functions have it."""

    def describe(self) -> dict[str, Any]:
        """The configuration as Lambda's API answers it."""
        described = {
            "CodeSigningConfigId": self.config_id,
            "CodeSigningConfigArn": self.arn,
            "Description": self.description,
            "AllowedPublishers": dict(self.publishers),
            "CodeSigningPolicies": dict(self.policies),
            "LastModified": self.last_modified,
        }
        return {name: value for name, value in described.items() if value is not None}


class CodeSigningOperations(FunctionLookup):
    """The code signing configurations of one account and region, by their ARNs, and the functions that have them.

    https://docs.aws.amazon.com/lambda/latest/api/API_CreateCodeSigningConfig.html
    """

    code_signing_configs: dict[str, CodeSigningConfig]

    def create_code_signing_config(self, parameters: Mapping[str, Any]) -> CodeSigningConfig:
        """Create the configuration that ``parameters`` (the request's) describe.

        :raises InvalidParameterValueException: it has too many tags.
        """
        tags = parameters.get("Tags") or {}
        check_tags(tags)
        config_id = f"csc-{random_text(ascii_lowercase + digits, 17)}"
        place = f"{get_partition(self.region_name)}:lambda:{self.region_name}:{self.account_id}"
        config = CodeSigningConfig(
            config_id=config_id,
            arn=f"arn:{place}:code-signing-config:{config_id}",
            description=parameters.get("Description"),
            publishers=parameters["AllowedPublishers"],
            policies=parameters.get("CodeSigningPolicies") or {"UntrustedArtifactOnDeployment": "Warn"},
            last_modified=to_lambda_time(utcnow()),
            tags=dict(tags),
        )
        self.code_signing_configs[config.arn] = config
        return config

    def get_code_signing_config(self, arn: str) -> CodeSigningConfig:
        """The configuration ``arn``.

        :raises ResourceNotFoundException: it is missing.
        """
        config = self.code_signing_configs.get(arn)
        if config is None:
            raise ResourceNotFoundException(f"The Lambda code signing configuration {arn} can not be found.", kind=None)
        return config

    def update_code_signing_config(self, arn: str, parameters: Mapping[str, Any]) -> CodeSigningConfig:
        """Replace each part of the configuration ``arn`` that ``parameters`` (the request's) name.

        :raises ResourceNotFoundException: it is missing.
        """
        with self.changing:
            config = self.get_code_signing_config(arn)
            changed = dataclasses.replace(
                config,
                description=parameters.get("Description", config.description),
                publishers=parameters.get("AllowedPublishers") or config.publishers,
                policies=parameters.get("CodeSigningPolicies") or config.policies,
                last_modified=to_lambda_time(utcnow()),
            )
            self.code_signing_configs[arn] = changed
            return changed

    def put_code_signing_tags(self, arn: str, tags: Mapping[str, str]) -> None:
        """Make ``tags`` all those of the configuration ``arn``.

        :raises ResourceNotFoundException: it is missing.
        :raises InvalidParameterValueException: they are too many.
        """
        check_tags(tags)
        with self.changing:
            self.code_signing_configs[arn] = dataclasses.replace(self.get_code_signing_config(arn), tags=dict(tags))

    def delete_code_signing_config(self, arn: str) -> None:
        """Delete the configuration ``arn``.

        :raises ResourceNotFoundException: it is missing.
        :raises ResourceConflictException: a function has it.
        """
        with self.changing:
            self.get_code_signing_config(arn)
            if self._functions_with(arn):
                # A decision: AWS's text is not public.
                raise ResourceConflictException(f"The code signing configuration {arn} is used by functions.")
            del self.code_signing_configs[arn]

    def let_code_signing_config_go(self, arn: str) -> None:
        """Delete the configuration ``arn``, which need not be there, once no function has it: CloudFormation deletes at
        the end of an update, and moto at its beginning."""
        with self.changing:
            if arn in self.code_signing_configs:
                unwanted = dataclasses.replace(self.code_signing_configs[arn], is_unwanted=True)
                self.code_signing_configs[arn] = unwanted
                self._delete_unwanted_signing()

    def code_signing_configs_page(
        self, *, marker: str | None = None, max_items: int | None = None
    ) -> tuple[list[CodeSigningConfig], str | None]:
        """The configurations: a page of at most ``max_items`` after ``marker``; the next marker."""
        configs = list(self.code_signing_configs.values())
        return page(configs, lambda config: (config.config_id,), marker=marker, max_items=max_items)

    def functions_with_code_signing_page(
        self, arn: str, *, marker: str | None = None, max_items: int | None = None
    ) -> tuple[list[str], str | None]:
        """The ARNs of the functions that have the configuration ``arn``: a page of at most ``max_items`` after
        ``marker``; the next marker.

        :raises ResourceNotFoundException: it is missing.
        """
        self.get_code_signing_config(arn)
        return page(self._functions_with(arn), lambda each: (each,), marker=marker, max_items=max_items)

    def put_function_code_signing_config(self, function_name: str, arn: str) -> DeployedFunction:
        """Give the function the configuration ``arn``.

        :raises ResourceNotFoundException, CodeSigningConfigNotFoundException: the function, or the configuration, is
            missing.
        """
        with self.changing:
            function = self._latest_of(function_name, "PutFunctionCodeSigningConfig")
            self.check_code_signing_config(arn)
            function.details = dataclasses.replace(function.details, code_signing_config_arn=arn)
            self._delete_unwanted_signing()
            return function

    def get_function_code_signing_config(self, function_name: str) -> DeployedFunction:  # type: ignore[override]  # moto's gives the answer
        """The function, whose details have the ARN of its configuration.

        :raises ResourceNotFoundException: it is missing.
        """
        return self._latest_of(function_name, "GetFunctionCodeSigningConfig")

    def delete_function_code_signing_config(self, function_name: str) -> None:
        """Take the configuration of a function, which need not have one, away from it.

        :raises ResourceNotFoundException: the function is missing.
        """
        with self.changing:
            function = self._latest_of(function_name, "DeleteFunctionCodeSigningConfig")
            function.details = dataclasses.replace(function.details, code_signing_config_arn=None)
            self._delete_unwanted_signing()

    def check_code_signing_config(self, arn: str | None) -> None:
        """Check that a function can have the configuration ``arn``; None is none.

        :raises CodeSigningConfigNotFoundException: it is missing.
        """
        if arn and arn not in self.code_signing_configs:
            raise CodeSigningConfigNotFoundException(
                "The code signing configuration cannot be found. "
                f"Check that the provided configuration is not deleted: {arn}."
            )

    def _delete_unwanted_signing(self) -> None:
        unwanted = [arn for arn, config in self.code_signing_configs.items() if config.is_unwanted]
        for arn in unwanted:
            if not self._functions_with(arn):
                del self.code_signing_configs[arn]

    def _functions_with(self, arn: str) -> list[str]:
        functions = [self.latest(name) for name in function_names(self)]
        return [each.function_arn for each in functions if each.details.code_signing_config_arn == arn]
