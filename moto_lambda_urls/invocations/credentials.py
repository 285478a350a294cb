"""Credentials of functions: a session of the function's role, as Lambda assumes it."""

from __future__ import annotations

import os
from contextvars import Context
from typing import TYPE_CHECKING

from moto.backends import get_backend
from moto.core.config import mock_credentials

if TYPE_CHECKING:
    from moto.awslambda.models import LambdaFunction

_SESSION_SECONDS = 12 * 60 * 60
"""The longest session of a role, so that no environment outlives its credentials."""
_NAMES = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")


def of_role(function: LambdaFunction) -> dict[str, str]:
    """The environment variables of a new session of the function's role, which need not exist.

    A decision: with moto's ``mock_credentials: False`` they are this process's own. Who asks for that lets calls pass
    through to AWS, which knows no role of a mock.
    """
    if not mock_credentials():
        of_process = Context().run(dict, os.environ)  # the caller may be a handler
        return {name: of_process[name] for name in _NAMES if name in of_process}
    sts = get_backend("sts")[function.account_id][function.partition]
    session = sts.assume_role(
        region_name=function.region,
        role_session_name=function.function_name,
        role_arn=function.role,
        policy=None,  # type: ignore[arg-type]  # as moto's own responses call it
        duration=_SESSION_SECONDS,
        external_id=None,  # type: ignore[arg-type]  # likewise
    )
    return dict(zip(_NAMES, (session.access_key_id, session.secret_access_key, session.session_token), strict=True))
