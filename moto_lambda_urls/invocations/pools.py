"""The processes of a mock's functions: one pool a mock, from its first process to its end."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from ..messages.addresses import reachable_at
from .layers import layer_archives

if TYPE_CHECKING:
    from moto.awslambda.models import LambdaFunction

    from ..runtime.processes import Environments
    from ..state.scope import Scope


def pool_of(mine: Scope) -> Environments:
    """The processes of ``mine``, which end with it; so does what answers AWS's API to them."""
    return mine.once(_make_pool)


def _make_pool(mine: Scope) -> Environments:
    # Not loaded with a mock: few have functions that need processes.
    from ..runtime.processes import Environments

    endpoint_url = mine.options.endpoint_url or mine.serve(mine)
    pool = Environments(
        max_processes=mine.options.max_processes,
        layers=layer_archives,
        variables=partial(_way_to_aws, endpoint_url),
    )
    mine.at_end.callback(pool.close)
    return pool


def _way_to_aws(endpoint_url: str | None, function: LambdaFunction) -> dict[str, str]:
    """Where an SDK reaches AWS, unless the function has an endpoint of its own; and its variables that name function
    URLs, as URLs that reach the server from another process."""
    if endpoint_url is None:
        return {}
    own = {name: str(value) for name, value in function.environment_vars.items()}
    reachable = {name: reachable_at(endpoint_url, value) for name, value in own.items()}
    changed = {name: value for name, value in reachable.items() if value != own[name]}
    return {"AWS_ENDPOINT_URL": own.get("AWS_ENDPOINT_URL", endpoint_url), **changed}
