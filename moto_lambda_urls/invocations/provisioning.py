"""Provisioned concurrency of function versions that run in processes: their environments, started beforehand."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from ..state import scope
from .invocation import ScopedInvocationRequest
from .pools import pool_of

if TYPE_CHECKING:
    from moto.awslambda.models import LambdaFunction


def provision(function: LambdaFunction, count: int) -> bool:
    """Have ``count`` environments of the version ``function`` ready, and keep them; False when their Init fails.

    A version that runs in this process has none to make.
    """
    call = ScopedInvocationRequest(
        function=function,
        invoked_arn=str(function.function_arn),
        qualifier=str(function.version),
        request_id=str(uuid4()),
        payload=b"{}",
        reserved_concurrency=None,
    )
    return call.placement.place != "process" or pool_of(scope.innermost()).provision(call, count)
