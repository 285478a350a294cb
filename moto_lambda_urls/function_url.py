"""A deployed function URL as a test holds it: a str that knows its function and what was asked of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .recorder import Invocation
    from .scope import Scope


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
    _scope: Scope

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
        scope: Scope,
    ) -> FunctionUrl:
        self = super().__new__(cls, url)
        self.url_id = url_id
        self.function_name = function_name
        self.function_arn = function_arn
        self.qualifier = qualifier
        self.auth_type = auth_type
        self.region_name = region_name
        self._scope = scope
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
    def invocations(self) -> list[Invocation]:
        """The recorded invocations that came through this URL, oldest first."""
        return [each for each in self._scope.invocations if each.url_id == self.url_id]
