"""The making of what probes need: functions, URLs, credentials; each thing is taken back later."""

from __future__ import annotations

import io
import json
import time
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from .cleaning import Made
from .consent import OF_AWS_ITSELF
from .limits import BY_ANSWER, BY_NAME, Limits
from .normalising import Normaliser
from .signing import Signer
from .urls import Reply, Url, UrlRequest

_NOT_READY = "cannot be assumed by Lambda"


class SetUpError(Exception):
    """What a probe needs could not be made."""


@dataclass(kw_only=True)
class Making:
    """The making of what probes need, at one place; none of it is recorded.

    ``endpoint_url`` None is AWS, or a mock in this process.

    ``patience`` is for how many seconds a change may take to be seen, ``pause`` how long to wait between two looks.
    """

    session: boto3.Session
    limits: Limits
    endpoint_url: str | None = None
    patience: float = 0
    pause: float = 0
    secrets: set[str] = field(default_factory=set)
    _clients: dict[str, Any] = field(default_factory=dict)
    _role: str = ""
    _count: int = 0
    _names: int = 0

    def __post_init__(self) -> None:
        self.region = self.session.region_name
        self.account_id: str = self.client("sts").get_caller_identity()["Account"]
        self.begin()
        self.made = Made(self.client, pause=self.pause)
        own = self.session.get_credentials()
        if own is not None:
            frozen = own.get_frozen_credentials()
            self.secrets |= {part for part in (frozen.access_key, frozen.secret_key, frozen.token) if part}

    def begin(self) -> None:
        """Start to count names anew, for another probe."""
        self._names = 0
        known = {self.limits.prefix: "<prefix>", self.account_id: "<account>", self.region: "<region>"}
        self.normaliser = Normaliser(known)

    def client(self, service: str) -> Any:
        """A client that asks once, leaves validation to the service, and heeds no endpoint of the environment."""
        if service not in self._clients:
            config = Config(
                parameter_validation=False,
                retries={"total_max_attempts": 1},
                **OF_AWS_ITSELF,
                read_timeout=70,
            )
            client = self.session.client(service, endpoint_url=self.endpoint_url, config=config)
            client.meta.events.register(f"after-call.{service}", self._seen)
            self._clients[service] = client
        return self._clients[service]

    def _seen(self, http_response: Any, **_: Any) -> None:
        self.response = http_response

    def name(self, what: str) -> str:
        """A name with the run's prefix."""
        return f"{self.limits.prefix}-{what}"

    def new_name(self, what: str) -> str:
        """A name that nothing in this run has had yet: deleted things may stay in AWS's memory."""
        self._count += 1
        self._names += 1
        name = self.name(f"{what}-{self._count}")
        self.normaliser.add(name, f"<prefix>-{what}-{self._names}")
        return name

    def make(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        """Call AWS's API; what it makes is taken back later.

        :raises ClientError: as boto3 does.
        """
        self.limits.check(service, operation, parameters)
        name = f"{service}.{operation}"
        if name in BY_NAME:
            self.made.add(BY_NAME[name](parameters))
        answer: dict[str, Any] = getattr(self.client(service), operation)(**parameters)
        if name in BY_ANSWER:
            self.made.add(BY_ANSWER[name](answer))
        return answer

    def role(self) -> str:
        """The ARN of the role of the run's functions, which this account may assume, too. It may do nothing."""
        if not self._role:
            principal = {"Service": "lambda.amazonaws.com", "AWS": f"arn:aws:iam::{self.account_id}:root"}
            statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
            policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
            made = self.make("iam", "create_role", RoleName=self.name("role"), AssumeRolePolicyDocument=policy)
            self._role = made["Role"]["Arn"]
        return self._role

    def allow(self, *actions: str) -> None:
        """Let the run's role do ``actions``, with whatever has the run's prefix in its name."""
        resources = [f"arn:aws:{service}:*:{self.account_id}:*{self.limits.prefix}*" for service in ("lambda", "sqs")]
        statement = {"Effect": "Allow", "Action": list(actions), "Resource": resources}
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        self.role()
        self.make("iam", "put_role_policy", RoleName=self.name("role"), PolicyName="own", PolicyDocument=document)

    def signer(self, **wrong: Any) -> Signer:
        """A signer with credentials of the run's role, and what is to be ``wrong`` about it."""

        def assume() -> dict[str, Any]:
            return self.make("sts", "assume_role", RoleArn=self.role(), RoleSessionName="record", DurationSeconds=900)

        given = self.eventually(assume, ClientError)["Credentials"]
        access_key, secret, token = given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"]
        self.secrets |= {access_key, secret, token}
        self.normaliser.add(token, "<session token>")  # a function sees it among its headers
        parts = {"access_key": access_key, "secret": secret, "token": token, "region": self.region}
        return Signer(**{**parts, **wrong})

    def function(self, source: str | bytes = "", **settings: Any) -> str:
        """The name of a new function, Active; ``source`` is its module ``app``, or the whole package."""
        name = self.new_name("fn")
        request = self.function_request(name, source, **settings)

        def create() -> dict[str, Any]:
            return self.make("lambda", "create_function", **request)

        self.eventually(create, ClientError, lambda error: _NOT_READY in str(error))
        return self.active(name)

    def function_request(self, name: str, source: str | bytes = "", **settings: Any) -> dict[str, Any]:
        """The parameters of CreateFunction; a setting that is None is left out."""
        package = source if isinstance(source, bytes) else package_of({"app.py": source or ECHO})
        request = {
            "FunctionName": name,
            "Runtime": "python3.13",
            "Role": self.role(),
            "Handler": "app.handler",
            "Code": {"ZipFile": package},
            **settings,
        }
        return {key: value for key, value in request.items() if value is not None}

    def active(self, name: str) -> str:
        """Wait until no change of the function ``name`` is in progress."""
        self._until_active(name)
        return name

    def _until_active(self, name: str, version: str = "$LATEST") -> None:
        until = time.monotonic() + max(self.patience, 5)
        while True:
            self.limits.request()
            now = self.client("lambda").get_function_configuration(FunctionName=name, Qualifier=version)
            if now.get("State") == "Active" and now.get("LastUpdateStatus", "Successful") == "Successful":
                return
            if time.monotonic() > until:
                raise SetUpError(f"{name} is still {now.get('State')}: {now.get('StateReason')}")
            time.sleep(self.pause)

    def active_version(self, name: str) -> str:
        """The number of a new version of the function ``name``, Active."""
        version: str = self.make("lambda", "publish_version", FunctionName=name)["Version"]
        self._until_active(name, version)
        return version

    def url(self, name: str, *, auth_type: str = "NONE", grant: bool = True, **config: Any) -> Url:
        """A new URL of the function ``name``, open to everybody unless told otherwise."""
        made = self.make("lambda", "create_function_url_config", FunctionName=name, AuthType=auth_type, **config)
        url = made["FunctionUrl"]
        # A server of ours answers at its own address, which tells the id in another place.
        url_id = urlsplit(url).path.strip("/").split("/")[-1] or (urlsplit(url).hostname or "").partition(".")[0]
        if self.endpoint_url is not None:
            self.normaliser.add(url, "https://<url-id>.lambda-url.<region>.on.aws/")
        self.normaliser.add(url_id, "<url-id>")
        found = Url(name, url, url_id)
        if grant:
            self.grant(found, auth_type)
        return found

    def grant(self, url: Url, auth_type: str = "NONE") -> None:
        """Add both permissions that everybody needs, and wait until they count."""
        to_all: dict[str, Any] = {"FunctionName": url.function_name, "Principal": "*"}
        if auth_type != "NONE":
            to_all["Principal"] = self.account_id
        of_url = {"StatementId": "url", "Action": "lambda:InvokeFunctionUrl", "FunctionUrlAuthType": auth_type}
        of_function = {"StatementId": "fn", "Action": "lambda:InvokeFunction", "InvokedViaFunctionUrl": True}
        self.make("lambda", "add_permission", **to_all, **of_url)
        self.make("lambda", "add_permission", **to_all, **of_function)
        if self.patience and auth_type == "NONE":
            self.exchanged(UrlRequest(url), until=lambda reply: reply.status != 403)

    def wait_until_allowed(self, url: Url) -> None:
        """Wait until AWS knows what the run's role may do."""
        until = time.monotonic() + self.patience
        while time.monotonic() < until:
            self.limits.request()
            lines = self.signer().headers(self.host(url))
            if self._sent(UrlRequest(url, headers=lines)).status == 200:
                return
            time.sleep(self.pause)

    def eventually(
        self,
        call: Callable[[], Any],
        error: type[Exception],
        is_awaited: Callable[[Exception], bool] = lambda _: True,
    ) -> Any:
        """What ``call`` gives, tried again while it raises an ``error`` that is awaited."""
        until = time.monotonic() + self.patience
        while True:
            try:
                return call()
            except error as failed:
                if time.monotonic() >= until or not is_awaited(failed):
                    raise
            time.sleep(self.pause)

    def exchanged(self, request: UrlRequest, *, until: Callable[[Reply], bool]) -> Reply:
        """What a function URL answers, asked again until it is what ``until`` waits for, or patience ends."""
        end = time.monotonic() + self.patience
        while True:
            self.limits.request()
            reply = self._sent(request)
            if until(reply) or time.monotonic() >= end:
                return reply
            time.sleep(self.pause)

    def host(self, url: Url) -> str:
        """The name of a function URL's host on AWS."""
        return f"{url.url_id}.lambda-url.{self.region}.on.aws"

    def _sent(self, request: UrlRequest) -> Reply:
        return request.send(self.host(request.url), self.endpoint_url)


ECHO = "def handler(event, context): return event\n"


def package_of(files: Mapping[str, str | bytes]) -> bytes:
    """A deployment package that has the same bytes on each day."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        for name, content in files.items():
            member = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            member.external_attr = 0o644 << 16
            package.writestr(member, content)
    return buffer.getvalue()
