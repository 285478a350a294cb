"""Credentials of botocore's sessions as each invocation has them in its environment."""

from __future__ import annotations

from typing import Any

from botocore.credentials import EnvProvider
from botocore.session import Session

from ....patching.patches import Method, Patches
from .running import current


def patch_sessions(patches: Patches) -> None:
    """Let sessions that outlive an invocation, as boto3's default one does, keep no credentials of its environment.

    A session keeps what it has found first: the test's, which a handler must not get, or the handler's, which the test
    must not. Credentials that a session was given, or found elsewhere than in the environment, stay as they are.
    """
    patches.method(Session, "get_credentials", _of_invocation)


def _of_invocation(original: Method) -> Method:
    def get_credentials(self: Any) -> Any:
        if current() is None or _method(self._credentials) not in (None, EnvProvider.METHOD):
            return original(self)
        found = self.get_component("credential_provider").load_credentials()
        return found if _method(found) == EnvProvider.METHOD else original(self)

    return get_credentials


def _method(credentials: Any) -> str | None:
    return None if credentials is None else credentials.method
