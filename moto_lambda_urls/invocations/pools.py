"""The processes of a mock's functions: one pool a mock, from its first process to its end."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from moto.backends import get_backend

from .layers import layer_archives

if TYPE_CHECKING:
    from moto.awslambda.models import LambdaFunction

    from ..runtime.processes import Environments
    from ..state.scope import Scope

_SESSION_SECONDS = 12 * 60 * 60
"""The longest session of a role, so that no process outlives its credentials."""


def pool_of(mine: Scope) -> Environments:
    """The processes of ``mine``, which end with it; so does what answers AWS's API to them."""
    return mine.once(_make_pool)


def _make_pool(mine: Scope) -> Environments:
    # Not loaded with a mock: few have functions that need processes.
    from ..runtime.processes import Environments

    endpoint_url = mine.options.endpoint_url or mine.serve(mine)
    pool = Environments(layers=layer_archives, variables=partial(_way_to_aws, endpoint_url))
    mine.at_end.callback(pool.close)
    return pool


def _way_to_aws(endpoint_url: str | None, function: LambdaFunction) -> dict[str, str]:
    """The variables with which an SDK reaches AWS as the function's role; an endpoint of the function's own wins."""
    sts = get_backend("sts")[function.account_id][function.partition]
    session = sts.assume_role(
        region_name=function.region,
        role_session_name=function.function_name,
        role_arn=function.role,
        policy=None,  # type: ignore[arg-type]  # as moto's own responses call it
        duration=_SESSION_SECONDS,
        external_id=None,  # type: ignore[arg-type]  # likewise
    )
    chosen = function.environment_vars.get("AWS_ENDPOINT_URL") or endpoint_url
    return {
        "AWS_ACCESS_KEY_ID": session.access_key_id,
        "AWS_SECRET_ACCESS_KEY": session.secret_access_key,
        "AWS_SESSION_TOKEN": session.session_token,
        **({"AWS_ENDPOINT_URL": chosen} if chosen else {}),
    }
