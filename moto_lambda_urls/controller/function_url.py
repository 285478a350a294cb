"""A deployed function URL as a test holds it, and the permissions to call it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256
from re import Pattern
from typing import Any, Protocol
from urllib.parse import urljoin

from ..state.faults import Fault, Faults, PlannedFault, checked_delay
from ..state.record import Invocation
from ..state.recorder import InvocationSequence, Selection
from .failures import url_failure
from .signing import AnyCredentials, UrlAuth


class Controller(Protocol):
    """What a FunctionUrl needs of its controller; a ``LambdaUrls`` is one."""

    @property
    def invocations(self) -> InvocationSequence: ...
    @property
    def requests(self) -> InvocationSequence: ...
    @property
    def faults(self) -> Faults: ...
    def credentials(self, identity: str | AnyCredentials | None = None) -> AnyCredentials: ...


class FunctionUrl(str):
    """The URL, with its trailing slash, and what belongs to it; ``f"{url}orders/7"`` is a path under it.

    ``qualifier`` is the alias that the URL is of, None for the function's own. ``function_arn`` carries the alias.
    """

    url_id: str
    function_name: str
    function_arn: str
    qualifier: str | None
    auth_type: str
    region_name: str
    _controller: Controller

    def __new__(
        cls,
        url: str,
        *,
        url_id: str,
        function_name: str,
        function_arn: str,
        qualifier: str | None,
        auth_type: str,
        region_name: str,
        controller: Controller,
    ) -> FunctionUrl:
        self = super().__new__(cls, url)
        self.url_id = url_id
        self.function_name = function_name
        self.function_arn = function_arn
        self.qualifier = qualifier
        self.auth_type = auth_type
        self.region_name = region_name
        self._controller = controller
        return self

    def __repr__(self) -> str:
        return f"<FunctionUrl {self.url} of {self.function_arn}, {self.auth_type}>"

    @property
    def url(self) -> str:
        """The URL as a plain str."""
        return str(self)

    @property
    def account_id(self) -> str:
        """The account of the function."""
        return self.function_arn.split(":")[4]

    @property
    def invocations(self) -> Selection:
        """The recorded invocations that came through this URL, oldest first."""
        return Selection(self._controller.invocations, lambda each: each.url_id == self.url_id, self.url)

    @property
    def requests(self) -> Selection:
        """The recorded requests to this URL, oldest first: those that AWS answered without the function too."""
        return Selection(self._controller.requests, lambda each: each.url_id == self.url_id, self.url)

    @property
    def last(self) -> Invocation:
        """The newest invocation that came through this URL.

        :raises LookupError: there is none.
        """
        return self.invocations.last

    def fail(
        self,
        status: int = 502,
        *,
        times: int | None = 1,
        body: object = None,
        headers: Mapping[str, str] | None = None,
        path: str | Pattern[str] | None = None,
    ) -> PlannedFault:
        """Let the next requests that would reach the function be answered with ``status``, the function not called.

        :param times: how many requests; None for all until ``cancel()`` on the result, or the end of a ``with`` block.
        :param body: bytes, a str, or anything else as JSON; by default what AWS answers with that status: a throttled
            function's 429, a failed one's 502.
        :param path: of which requests: the whole path as it is sent, or a pattern for the whole; by default of all.
        :raises TypeError: ``status`` is no number, ``times`` no whole one, ``path`` neither a text nor a pattern, a
            header's value no str.
        :raises ValueError: ``status`` is not 100..599, ``times`` is less than one, ``path`` has a query or no slash, a
            header is none that a line can hold.
        """
        fault = Fault(response=url_failure(status, body=body, headers=headers))
        return self._controller.faults.plan(self.url_id, fault, times, path)

    def delay(self, seconds: float, *, times: int | None = 1, path: str | Pattern[str] | None = None) -> PlannedFault:
        """Let the next requests that would reach the function wait for ``seconds`` before they do.

        :param times: as for ``fail``, and so is ``path``.
        :raises TypeError: ``seconds`` is no number; as of ``fail`` about ``times`` and ``path``.
        :raises ValueError: ``seconds`` is not above 0 or more than a day; as of ``fail`` about ``times`` and ``path``.
        """
        return self._controller.faults.plan(self.url_id, Fault(delay=checked_delay(seconds)), times, path)

    def auth(self, identity: str | AnyCredentials | None = None) -> UrlAuth:
        """What signs requests to this URL: ``requests.get(url, auth=url.auth("caller"))``; httpx takes it too.

        :param identity: the name or ARN of a user (gets an access key) or of a role (is assumed), or credentials;
            by default the credentials that boto3 finds, the mock's own.
        :raises LookupError: there is no such user or role.
        """
        return UrlAuth(self._controller.credentials(identity), self.region_name)

    def sign(
        self,
        method: str = "GET",
        path: str = "",
        *,
        identity: str | AnyCredentials | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes | str = b"",
    ) -> dict[str, str]:
        """``headers`` and those that sign them, for clients that ``auth`` does not fit.

        :param path: the path under the URL, its query included: ``"orders?page=2"``.
        :raises LookupError: there is no such user or role.
        """
        content = body.encode() if isinstance(body, str) else body
        given = dict(headers or {})
        url = urljoin(self.url, path.lstrip("/"))
        return {**given, **self.auth(identity).headers(method, url, given, content)}


_MAX_PRINCIPAL_LENGTH = 60


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
        name = f"{name[:_MAX_PRINCIPAL_LENGTH]}-{sha256(principal.encode()).hexdigest()[:8]}"
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
