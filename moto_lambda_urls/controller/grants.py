"""The two permissions that a caller of a function URL needs, added and taken back together."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .function_url import FunctionUrl

_LONGEST_NAME = 60


def grant_invoke(client: Any, url: FunctionUrl, principal: str) -> None:
    """Add both statements for ``principal``, but for those that are there."""
    url_sid, function_sid = _sids(principal)
    _add(
        client,
        url,
        StatementId=url_sid,
        Action="lambda:InvokeFunctionUrl",
        Principal=principal,
        FunctionUrlAuthType=url.auth_type,
    )
    _add(
        client,
        url,
        StatementId=function_sid,
        Action="lambda:InvokeFunction",
        Principal=principal,
        InvokedViaFunctionUrl=True,
    )


def revoke_invoke(client: Any, url: FunctionUrl, principal: str) -> None:
    """Remove both statements of ``principal``.

    :raises LookupError: neither is there.
    """
    if not sum(_remove(client, url, sid) for sid in _sids(principal)):
        raise LookupError(f"{url!r} has no grant for {principal!r} that grant() made")


def _sids(principal: str) -> tuple[str, str]:
    name = "Public" if principal == "*" else re.sub(r"[^A-Za-z0-9]+", "-", principal)
    if principal not in ("*", name):
        # Short enough for a statement id, and another one for each principal.
        name = f"{name[:_LONGEST_NAME]}-{sha256(principal.encode()).hexdigest()[:8]}"
    return f"FunctionURLAllow-{name}", f"FunctionURLInvokeAllow-{name}"


def _add(client: Any, url: FunctionUrl, **statement: Any) -> None:
    try:
        client.add_permission(FunctionName=url.function_name, **_qualifier(url), **statement)
    except client.exceptions.ResourceConflictException:
        return


def _remove(client: Any, url: FunctionUrl, sid: str) -> bool:
    try:
        client.remove_permission(FunctionName=url.function_name, StatementId=sid, **_qualifier(url))
    except client.exceptions.ResourceNotFoundException:
        return False
    return True


def _qualifier(url: FunctionUrl) -> dict[str, str]:
    return {"Qualifier": url.qualifier} if url.qualifier else {}
