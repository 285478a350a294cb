"""The operations on the scaling configurations of versions."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from ..exceptions import InvalidParameterValueException
from ..functions.deployed import DeployedFunction
from ..in_moto import versions_of
from .lookup import FunctionLookup, function_not_found

_NEWEST = "$LATEST.PUBLISHED"


class ScalingOperations(FunctionLookup):
    """How many environments a version may have on a capacity provider. It is kept and answered: none is made here."""

    def put_function_scaling_config(
        self, function_name: str, qualifier: str, config: Mapping[str, int]
    ) -> dict[str, str]:
        """Give a version the ``config``, a FunctionScalingConfig; an empty one takes it back.

        https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionScalingConfig.html

        :raises ResourceNotFoundException: the function or the version is missing.
        :raises InvalidParameterValueException: the minimum is over the maximum. A decision, with its text.
        """
        least, most = config.get("MinExecutionEnvironments"), config.get("MaxExecutionEnvironments")
        if least is not None and most is not None and least > most:
            raise InvalidParameterValueException(
                f"MinExecutionEnvironments ({least}) is greater than MaxExecutionEnvironments ({most})."
            )
        with self.changing:
            version = self._scaled(function_name, qualifier, "PutFunctionScalingConfig")
            version.details = dataclasses.replace(version.details, scaling=dict(config))
            return {"FunctionState": str(version.state)}

    def get_function_scaling_config(self, function_name: str, qualifier: str) -> dict[str, Any]:
        """The configuration of a version, applied as soon as it is asked for; without one there is only the ARN.

        https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionScalingConfig.html

        :raises ResourceNotFoundException: the function or the version is missing.
        """
        version = self._scaled(function_name, qualifier, "GetFunctionScalingConfig")
        scaling = version.details.scaling
        shown = {"AppliedFunctionScalingConfig": scaling, "RequestedFunctionScalingConfig": scaling} if scaling else {}
        return {"FunctionArn": version.function_arn, **shown}

    def _scaled(self, function_name: str, qualifier: str, action: str) -> DeployedFunction:
        name, qualified = self._resolve(function_name, qualifier, action)
        if qualified != _NEWEST:
            return self.deployed((name, qualified))
        self.latest(name)
        published = versions_of(self, name)[1:]
        if not published:
            raise function_not_found(self._arn((name, _NEWEST)))
        return DeployedFunction.adopt(published[-1])
