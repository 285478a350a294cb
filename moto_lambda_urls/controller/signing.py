"""Signature Version 4 for AWS_IAM URLs: an auth object for requests and httpx, headers for others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol, TypeVar

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials, ReadOnlyCredentials


class _HttpRequest(Protocol):
    """What requests.PreparedRequest and httpx.Request have in common."""

    method: Any
    url: Any
    headers: Any


R = TypeVar("R", bound=_HttpRequest)
AnyCredentials = Credentials | ReadOnlyCredentials


class UrlAuth:
    """Signs each request with Signature Version 4: the ``auth`` of requests and of httpx, sync and async."""

    def __init__(self, credentials: AnyCredentials, region_name: str) -> None:
        self._credentials = credentials
        self._region_name = region_name

    def __call__(self, request: R) -> R:
        signature = self.headers(str(request.method), str(request.url), dict(request.headers), _body(request))
        request.headers.update(signature)
        return request

    def headers(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> dict[str, str]:
        """The headers that make this request a signed one: Authorization, X-Amz-Date, and the session's token.

        Of ``headers``, the host, the content type and AWS's own (``x-amz-…``) are signed: others may change on the way.
        """
        signed = {name: value for name, value in headers.items() if _is_signed(name)}
        request = AWSRequest(method=method.upper(), url=url, data=body, headers=signed)
        SigV4Auth(self._credentials, "lambda", self._region_name).add_auth(request)
        return {name: value for name, value in request.headers.items() if name not in signed}


def _is_signed(name: str) -> bool:
    name = name.lower()
    return name in ("host", "content-type") or (
        name.startswith("x-amz-") and name not in ("x-amz-date", "x-amz-security-token")
    )


def _body(request: Any) -> bytes:
    if hasattr(request, "read"):
        if not isinstance(request.stream, Iterable):
            raise _unsignable(request.stream)
        return bytes(request.read())
    body = request.body
    if body is None or isinstance(body, str):
        return (body or "").encode()
    if isinstance(body, (bytes, bytearray)):
        return bytes(body)
    raise _unsignable(body)


def _unsignable(body: object) -> TypeError:
    return TypeError(f"a body of {type(body).__name__} cannot be signed: give it as bytes")


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
