"""Credentials of the users and roles that a mocked AWS has."""

from __future__ import annotations

from typing import Any

from botocore.credentials import Credentials

SESSION_NAME = "moto-lambda-urls"


def credentials_of(identity: str, *, iam: Any, sts: Any) -> Credentials:
    """Credentials of the user (a new access key) or the role (an assumed one) called ``identity``, a name or an ARN.

    :raises LookupError: there is neither, or a user and a role share the name.
    """
    kind, name = _parts(identity)
    user = _user(iam, name) if kind != "role" else None
    role = _role(iam, name) if kind != "user" else None
    if user and role:
        raise LookupError(f"{identity!r} is a user and a role: give the ARN, {user['Arn']} or {role['Arn']}")
    if user and identity in (name, user["Arn"]):
        return _access_key(iam, name)
    if role and identity in (name, role["Arn"]):
        return _assumed(sts, role["Arn"])
    raise LookupError(f"There is no user or role {identity!r}; there are {_known(iam)}")


def _parts(identity: str) -> tuple[str, str]:
    if not identity.startswith("arn:"):
        return "", identity
    resource = identity.split(":", 5)[-1]
    return resource.split("/")[0], resource.split("/")[-1]


def _user(iam: Any, name: str) -> Any:
    try:
        return iam.get_user(UserName=name)["User"]
    except iam.exceptions.NoSuchEntityException:
        return None


def _role(iam: Any, name: str) -> Any:
    try:
        return iam.get_role(RoleName=name)["Role"]
    except iam.exceptions.NoSuchEntityException:
        return None


def _access_key(iam: Any, name: str) -> Credentials:
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return Credentials(key["AccessKeyId"], key["SecretAccessKey"])


def _assumed(sts: Any, arn: str) -> Credentials:
    given = sts.assume_role(RoleArn=arn, RoleSessionName=SESSION_NAME)["Credentials"]
    return Credentials(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])


def _known(iam: Any) -> str:
    users = [each["Arn"] for each in iam.list_users()["Users"]]
    roles = [each["Arn"] for each in iam.list_roles()["Roles"]]
    return ", ".join(users + roles) or "none"
