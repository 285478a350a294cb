"""Functions to load: deployed through boto3, taken from moto's backend as the runtime gets them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import boto3
from moto import mock_aws
from moto.awslambda.models import LambdaFunction
from moto.awslambda.utils import get_backend

from moto_lambda_urls.invocations.layers import layer_archives
from moto_lambda_urls.runtime.in_process.loading.loader import CodeCache
from support.builders import make_role, make_zip

ACCOUNT = "123456789012"
REGION = "us-east-1"


@cache
def client_of(service: str) -> Any:
    """One client for all tests: making one costs more than a test."""
    return boto3.client(service, REGION, aws_access_key_id="testing", aws_secret_access_key="testing")


def deploy(
    files: Mapping[str, str | bytes] | str | None = None,
    *,
    name: str = "f",
    handler: str = "app.handler",
    package: bytes | None = None,
    runtime: str = "python3.12",
    layers: Sequence[bytes] = (),
    environment: Mapping[str, str] | None = None,
) -> LambdaFunction:
    """The $LATEST of a new function with these files (a string alone is app.py), or with the bytes ``package``."""
    client = client_of("lambda")
    client.create_function(
        FunctionName=name,
        Role=make_role(client_of("iam")),
        Handler=handler,
        Runtime=runtime,
        Code={"ZipFile": make_zip(files or {}) if package is None else package},
        Layers=[_publish(client, f"{name}-{number}", layer) for number, layer in enumerate(layers)],
        Environment={"Variables": dict(environment or {})},
    )
    return function(name)


def function(name: str = "f", qualifier: str | None = None) -> LambdaFunction:
    """moto's object for a function or one of its versions."""
    return get_backend(ACCOUNT, REGION).get_function(name, qualifier)


def make_cache() -> Iterator[CodeCache]:
    """A cache for one test, inside a mock of its own, closed after it."""
    with mock_aws():
        code_cache = CodeCache()
        yield code_cache
        code_cache.close()


def _publish(client: Any, name: str, content: bytes) -> str:
    return client.publish_layer_version(LayerName=name, Content={"ZipFile": content})["LayerVersionArn"]


def call(code_cache: CodeCache, target: LambdaFunction, event: Any = None) -> Any:
    """What the handler of ``target`` returns."""
    loaded = code_cache.load(target, layers=layer_archives)
    with loaded.run():
        return loaded.handler(event, None)
