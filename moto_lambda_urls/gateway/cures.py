"""Code that lets a refused request through, as Python to paste where the request came from."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import TYPE_CHECKING
from urllib.parse import quote

from ..messages import Request
from ..messages.addresses import PREFIX, is_aws_api
from ..messages.limits import MAX_EVENT_BYTES
from ..state import scope

if TYPE_CHECKING:
    from ..control.url_configs import FunctionUrlConfig

PATH_CHARACTERS = "/%!$&()*+,;=:@-._~"
FIXTURE = "  # lambda_urls: the fixture, or what mock_lambda_urls() gives"
_REGION = re.compile(r"[a-z0-9-]+\.lambda-url\.([a-z0-9-]+)\.on\.aws")
_DEFAULT_REGION = "us-east-1"
_LONGEST_PATH = 1_000
_LIKENESS = 0.8


def endpoint_url(request: Request) -> str | None:
    """Where whoever sent ``request`` finds AWS's API: at the server that got it; None at AWS's own names, which a mock
    in the process answers, or a proxy.
    """
    if not request.is_served:
        return None
    known = scope.options().endpoint_url
    host = request.header("host") or request.host
    if known is not None or is_aws_api(host):
        return known
    _, of_url, after = host.partition(".lambda-url.")  # of <id>.lambda-url.<region>.localhost:5000
    return f"{request.scheme}://{after.partition('.')[2] if of_url else host}"


def shown_url(config: FunctionUrlConfig, request: Request) -> str:
    """The URL of ``config`` for whoever sent ``request``."""
    endpoint = endpoint_url(request)
    if endpoint is None:
        return config.url
    scheme, _, host = endpoint.partition("://")
    return scope.innermost().shown_url(config, scheme=scheme, host=host)


def asked_url(request: Request) -> str:
    """The URL, without a path, that ``request`` came to."""
    if not request.is_served:
        return f"https://{request.host}/"
    host = request.header("host") or request.host
    if is_aws_api(host):
        return f"https://{host}/"
    below = f"{PREFIX}{request.host.partition('.')[0]}/" if _came_by_path(request) else "/"
    return f"{request.scheme}://{host}{below}"


def _came_by_path(request: Request) -> bool:
    return request.signed_path is not None and request.signed_path.startswith(PREFIX)


def client(request: Request, region: str, *, service: str = "lambda", name: str = "client") -> str:
    """The line that defines ``client``. At a server it has the endpoint, as boto3 asks AWS without one."""
    endpoint = endpoint_url(request)
    at = "" if endpoint is None else f", endpoint_url={endpoint!r}"
    return f"{name} = boto3.client({service!r}, region_name={region!r}{at})"


def target(config: FunctionUrlConfig) -> str:
    """The arguments that name the function of ``config``, or its alias."""
    qualifier = "" if config.qualifier is None else f", Qualifier={config.qualifier!r}"
    return f"FunctionName={config.function_name!r}{qualifier}"


def nearest(host: str, configs: Iterable[FunctionUrlConfig]) -> FunctionUrlConfig | None:
    """The URL of ``configs`` that was meant by ``host``: of the same id elsewhere, of a function of that name, or of an
    id that differs by few characters; None when there is none.
    """
    by_name: dict[str, FunctionUrlConfig] = {}
    for config in configs:
        by_name.setdefault(config.function_name.lower(), config)
    by_name |= {config.url_id: config for config in configs}
    found = get_close_matches(host.partition(".")[0].lower(), by_name, n=1, cutoff=_LIKENESS)
    return by_name[found[0]] if found else None


def of_unknown_url(request: Request, near: FunctionUrlConfig | None) -> str:
    """The URL that was meant, ``near``, or the call that makes one."""
    if near is not None:
        return f"url = {shown_url(near, request)!r}  # that of {near.function_arn}, the nearest to the one asked"
    region = _REGION.fullmatch(request.host)
    return (
        f"{client(request, region[1] if region else _DEFAULT_REGION)}\n"
        "name = 'orders'  # that of your function\n"
        "url = client.create_function_url_config(FunctionName=name, AuthType='NONE')['FunctionUrl']"
    )


def of_closed_url(request: Request, config: FunctionUrlConfig) -> str:
    """The calls that make the deleted alias of ``config`` again, and a URL for it, which is another."""
    name = config.function_name
    return (
        f"{client(request, config.region)}\n"
        f"version = client.publish_version(FunctionName={name!r})['Version']\n"
        f"client.create_alias(FunctionName={name!r}, Name={config.qualifier!r}, FunctionVersion=version)\n"
        f"url = client.create_function_url_config({target(config)}, AuthType={config.auth_type!r})['FunctionUrl']"
    )


def of_throttled(request: Request, config: FunctionUrlConfig) -> str:
    """The calls that take the function's reserved concurrency back."""
    return (
        f"{client(request, config.region)}\nclient.delete_function_concurrency(FunctionName={config.function_name!r})"
    )


def of_pending(request: Request, config: FunctionUrlConfig) -> str:
    """The calls that wait for the function to be Active."""
    waiter = "client.get_waiter('function_active_v2')"
    return f"{client(request, config.region)}\n{waiter}.wait({target(config)})"


def of_planned(request: Request, config: FunctionUrlConfig) -> str:
    """The call that ends the planned faults of the URL."""
    told = "" if request.is_served else FIXTURE
    return (
        "# every fault planned for this URL; one alone: cancel() on what its fail() or delay() returned\n"
        f"lambda_urls.faults.clear({config.url_id!r}){told}"
    )


def of_too_large(request: Request, config: FunctionUrlConfig) -> str:
    """The upload of the body to S3, by a presigned URL, and the request that names it instead."""
    create = "s3.create_bucket(Bucket='uploads'"
    if config.region != "us-east-1":
        create += f", CreateBucketConfiguration={{'LocationConstraint': {config.region!r}}}"
    place = "'Bucket': 'uploads', 'Key': 'body'"
    path = quote(request.raw_path, safe=PATH_CHARACTERS, errors="replace")[:_LONGEST_PATH]
    return (
        f"# it passes below {MAX_EVENT_BYTES} bytes, headers and base64 of what is no text included; else by S3:\n"
        f"{client(request, config.region, service='s3', name='s3')}\n"
        f"{create})\n"
        f"upload = s3.generate_presigned_url('put_object', Params={{{place}}})\n"
        "requests.put(upload, data=body)  # body: what was sent\n"
        f"requests.post({shown_url(config, request) + path[1:]!r}, json={{{place}}})"
    )
