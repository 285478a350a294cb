"""Custom resources of CloudFormation: the URL that their functions send results to."""

from __future__ import annotations

import hmac
import json
from secrets import token_bytes
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from moto.backends import get_backend

from ..messages import Request, Response
from ..messages.addresses import aws_host
from ..state import scope

LABEL = "cloudformation-custom-resource-response"
"""Stands where a function URL has its id, so that every HTTP client is intercepted; no URL has it, as ids are shorter
or chosen."""

_MOTOS_PATH = "/cfnresponse?stack="
_SIGNING_KEY = token_bytes()
"""Of the process: a URL that a mock gave away stays what it was under the next one."""


def with_reachable_url(body: str) -> str:
    """The event ``body``, but a ``ResponseURL`` on moto's server for Docker containers, which nobody answers here,
    becomes one that is answered here, or that the running server answers."""
    if _MOTOS_PATH not in body:
        return body
    event = json.loads(body)
    url = event.get("ResponseURL") if isinstance(event, dict) else None
    if not isinstance(url, str) or _MOTOS_PATH not in url:
        return body
    region = urlsplit(url).path.split("/")[1].removeprefix("cloudformation_")
    stack = quote(event["StackId"], safe="")
    endpoint = scope.options().endpoint_url
    if endpoint:
        reachable = f"{endpoint.rstrip('/')}/cloudformation_{region}/cfnresponse?{signed(f'stack={stack}')}"
    else:
        reachable = f"https://{aws_host(LABEL, region)}/cfnresponse?stack={stack}"
    return json.dumps({**event, "ResponseURL": reachable})


def is_answer_query(query: str) -> bool:
    """Whether ``query`` is that of a ``ResponseURL`` which this process gave out: as on AWS, it is presigned."""
    return hmac.compare_digest(query.encode(), signed(query.partition("&")[0]).encode())


def signed(query: str) -> str:
    """``query`` with a signature that this process alone can make."""
    return f"{query}&X-Amz-Signature={hmac.new(_SIGNING_KEY, query.encode(), 'sha256').hexdigest()}"


def is_response(request: Request) -> bool:
    """Whether ``request`` carries the result of a custom resource."""
    return request.host.startswith(f"{LABEL}.")


def take_response(request: Request) -> Response:
    """Give the result in ``request`` to the stack that waits for it.

    A stack waits on when the resource failed, as in moto.
    """
    stack_id = parse_qs(request.raw_query)["stack"][0]
    result: dict[str, Any] = json.loads(request.body)
    if result["Status"] == "SUCCESS":
        _, _, _, region, account_id, *_ = stack_id.split(":")
        stack = get_backend("cloudformation")[account_id][region].get_stack(stack_id)
        stack.get_custom_resource(result["LogicalResourceId"]).set_data(result.get("Data") or {})
        stack.verify_readiness()
    return Response(status=200, headers=(("Content-Length", "0"),))
