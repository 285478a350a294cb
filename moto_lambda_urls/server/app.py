"""The WSGI application: the parts put together."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import ExitStack
from typing import TYPE_CHECKING, cast

from .. import gateway, models, scope
from ..console import Console
from .dispatch import GuardedMoto
from .guard import Guard
from .middleware import FunctionUrlMiddleware

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

    from ..scope import Authorization, Scope, UrlStyle

AUTHORIZATION_VARIABLE = "MOTO_LAMBDA_URLS_AUTHORIZATION"


def make_app(mine: Scope, guard: Guard) -> WSGIApplication:
    """The application of a server whose scope is ``mine``."""
    console = Console(guard=guard, invocations=mine.invocations)
    return FunctionUrlMiddleware(
        GuardedMoto(guard, on_reset=mine.invocations.clear),
        handle=console.counted(gateway.handle),
        too_large=console.counted(gateway.too_large),
        find=models.find_url_id,
        console=console,
    )
