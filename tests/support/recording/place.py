"""Where questions are asked: AWS, a server of ours, or a mock; and the answers, as they are kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import ClientError

from .answers import digest, json_of, shortened, text_of
from .making import ECHO, Making, SetUpError, package_of
from .urls import Pairs, Reply, Url, UrlRequest

__all__ = ["ECHO", "Pairs", "Place", "Reply", "SetUpError", "Url", "package_of"]

_PER_CONNECTION = {"connection", "date", "keep-alive", "server", "via"}


@dataclass(kw_only=True)
class Place(Making):
    """One place, and what was answered there to the probe that is asked."""

    answers: list[dict[str, Any]] = field(default_factory=list)
    last_status: int = 0

    def begin(self) -> None:
        """Forget the answers of an earlier probe, and start to count names anew."""
        super().begin()
        self.answers = []

    def call(self, operation: str, **parameters: Any) -> Any:
        """Ask Lambda's API and record the answer as it came, whatever it is; gives its JSON."""
        with suppress(ClientError):
            self.make("lambda", operation, **parameters)
        response = self.response
        body = json_of(response.content)
        self._record({"call": operation, **self._shown(parameters)}, response.status_code, response.headers, body)
        return body

    def call_on_own_configuration(self, operation: str, arn: str) -> None:
        """The same for a code signing configuration of the run's, which goes by its ARN."""
        assert any(arn in undo.parameters.values() for undo in self.made.pending)
        with suppress(ClientError):
            getattr(self.client("lambda"), operation)(CodeSigningConfigArn=arn)
        response = self.response
        self._record({"call": operation}, response.status_code, response.headers, json_of(response.content))

    def invoke(self, name: str, event: object = None) -> None:
        """Invoke the function ``name`` and record its payload."""
        self.limits.check("lambda", "invoke", {"FunctionName": name})
        try:
            answer = self.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event))
        except ClientError:
            response = self.response
            self._record({"call": "invoke"}, response.status_code, response.headers, json_of(response.content))
            return
        payload = json_of(answer["Payload"].read())
        error = {"function_error": answer["FunctionError"]} if "FunctionError" in answer else {}
        self._keep({"call": "invoke", "status": answer["StatusCode"], **error, "payload": payload})

    def post(self, path: str, body: bytes, method: str = "POST") -> None:
        """Send ``body`` to Lambda's API as it is, signed, and record the answer."""
        if f"/{self.limits.prefix}-" not in path:
            raise SetUpError(f"{path} is not about the run's own")
        self.limits.request()
        url = (self.endpoint_url or f"https://lambda.{self.region}.amazonaws.com") + path
        request = AWSRequest(method=method, url=url, data=body, headers={"Content-Type": "application/json"})
        credentials = self.session.get_credentials()
        assert credentials is not None
        SigV4Auth(credentials, "lambda", self.region).add_auth(request)
        answer = requests.request(method, url, data=body, headers=dict(request.headers), timeout=60)
        asked = {"send": f"{method} {path}", "body": body.decode()}
        self._record(asked, answer.status_code, answer.headers, json_of(answer.content))

    def ask(
        self,
        url: Url,
        method: str = "GET",
        target: str = "/",
        *,
        headers: Pairs = (),
        body: bytes = b"",
        chunks: tuple[bytes, ...] = (),
        until: Callable[[Reply], bool] = lambda _: True,
        only_status: bool = False,
        case: str = "",
    ) -> Reply:
        """Ask a function URL and record the answer; on AWS, again until it is what ``until`` waits for.

        ``case`` says in words what is special about the request.
        """
        reply = self.exchanged(UrlRequest(url, method, target, headers, body, chunks), until=until)
        asked: dict[str, Any] = {"ask": f"{method} {target}", **({"case": case} if case else {})}
        kept: dict[str, Any] = {**asked, "status": reply.status}
        if not only_status:
            lines = sorted(line for line in reply.headers if line[0] not in _PER_CONNECTION)
            if reply.is_compressed:
                lines = [line for line in lines if line[0] != "content-length"]
            kept["headers"] = [[name, self.normaliser.value(digest(value), name)] for name, value in lines]
            kept["body"] = text_of(reply.content)
        self._keep(kept)
        return reply

    def note(self, **facts: Any) -> None:
        """Record what a probe has found out itself."""
        self._keep({"found": facts})

    def _record(self, asked: dict[str, Any], status: int, headers: Mapping[str, str], body: Any) -> None:
        self.last_status = status
        error = headers.get("x-amzn-errortype") or headers.get("x-amzn-ErrorType")
        self._keep({**asked, "status": status, **({"error": error} if error else {}), "answer": body})

    def _keep(self, answer: dict[str, Any]) -> None:
        self.answers.append(self.normaliser.value(answer))

    def _shown(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        return {"parameters": shortened(parameters)} if parameters else {}
