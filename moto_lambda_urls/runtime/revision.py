"""The revision of a function version: when it changes, the function starts cold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .invocation_request import InvocationRequest

if TYPE_CHECKING:
    from moto.awslambda.models import LambdaFunction


def revision_of(function: LambdaFunction) -> tuple[object, ...]:
    """A value that is equal as long as code and configuration of ``function`` are the same.

    The ``deployment_id`` that functions have under a mock also differs after a deployment that changed nothing. moto's
    own functions, which tests may change in place, have none.
    """
    return (
        getattr(function, "deployment_id", None),
        getattr(function, "code_sha_256", None),
        function.handler,
        function.run_time,
        getattr(function, "role", None),
        getattr(function, "description", None),
        function.timeout,
        function.memory_size,
        str(function.version),
        tuple(function.environment_vars.items()),
        tuple([layer["Arn"] for layer in function.layers]),
        tuple((getattr(function, "logging_config", None) or {}).items()),
    )


def environment_revision(call: InvocationRequest) -> tuple[object, ...]:
    """The same for the environment that runs ``call``, which is also told where the API is."""
    return (*revision_of(call.function), call.endpoint_url)
