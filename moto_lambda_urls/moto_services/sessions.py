"""Session policies of STS, and sessions of federated users, which moto does not keep."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from moto.core.utils import utcnow

from ..patching.late_imports import patch_late
from ..patching.patches import Patches, counted_patches

_STS = "moto.sts.responses"


def _patch(patches: Patches) -> None:
    patch_late([_STS], lambda name: _patch_sessions(sys.modules[name], patches), patches)


def _patch_sessions(sts: Any, patches: Patches) -> None:
    for name in ("assume_role", "assume_role_with_saml", "assume_role_with_web_identity"):
        patches.method(sts.TokenResponse, name, _keeping_policies)
    patches.method(sts.TokenResponse, "get_federation_token", _federating)
    patches.method(sts.STSBackend, "get_caller_identity", _identifying)


def _keeping_policies(original: Callable[..., Any]) -> Callable[..., Any]:
    """Sessions keep Policy, which moto drops for SAML, and PolicyArns as ``policy_arns``."""

    def assume(response: Any) -> Any:
        answer = original(response)
        session = answer.result["Credentials"]
        session.policy = response._get_param("Policy")
        session.policy_arns = _policy_arns(response)
        return answer

    return assume


def _policy_arns(response: Any) -> tuple[str, ...]:
    return tuple(each["arn"] for each in response._get_param("PolicyArns") or () if each.get("arn"))


def _federating(original: Callable[..., Any]) -> Callable[..., Any]:
    """A federated user has a key of its own, which holds what is known of the session."""

    def get_federation_token(response: Any) -> Any:
        answer = original(response)
        given = answer.result["Credentials"]
        iam = sys.modules["moto.iam.models"].iam_backends[response.current_account][response.partition]
        user = iam.get_user_from_access_key_id(response.get_access_key())
        key = iam.create_temp_access_key()
        key.session_token = sys.modules["moto.sts.utils"].random_session_token()
        key.expiration = utcnow() + timedelta(seconds=response._get_int_param("DurationSeconds", 43200))
        key.federated_user_arn = answer.result["FederatedUser"]["Arn"]
        key.federated_by = None if user is None else user.name
        key.policy = response._get_param("Policy")
        key.policy_arns = _policy_arns(response)
        given.update(
            AccessKeyId=key.access_key_id,
            SecretAccessKey=key.secret_access_key,
            SessionToken=key.session_token,
            Expiration=key.expiration,
        )
        return answer

    return get_federation_token


def _identifying(original: Callable[..., tuple[str, str, str]]) -> Callable[..., tuple[str, str, str]]:
    def get_caller_identity(backend: Any, access_key_id: str, region: str) -> tuple[str, str, str]:
        iam = sys.modules["moto.iam.models"].iam_backends[backend.account_id][backend.partition]
        arn = getattr(iam.access_keys.get(access_key_id), "federated_user_arn", None)
        if arn is not None:
            return f"{backend.account_id}:{arn.rpartition('/')[2]}", arn, backend.account_id
        return original(backend, access_key_id, region)

    return get_caller_identity


# Of the process, as the backends' classes are.
_counted = counted_patches(_patch)

install = _counted.install
uninstall = _counted.uninstall
