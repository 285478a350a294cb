"""Functions to load: deployed through boto3, taken from moto's backend as the runtime gets them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import boto3
from builders import make_role, make_zip
from moto.awslambda.models import LambdaFunction
from moto.awslambda.utils import get_backend

from moto_lambda_urls.runtime.loader import CodeCache

ACCOUNT = "123456789012"
REGION = "us-east-1"


def deploy(
    files: dict[str, str | bytes] | str | None = None,
    *,
    name: str = "f",
    handler: str = "app.handler",
    package: bytes | None = None,
    runtime: str = "python3.12",
    layers: Sequence[bytes] = (),
    environment: Mapping[str, str] | None = None,
) -> LambdaFunction:
    """The $LATEST of a new function with these files (a string alone is app.py), or with the bytes ``package``."""
    client = boto3.client("lambda", REGION)
    client.create_function(
        FunctionName=name,
        Role=make_role(boto3.client("iam", REGION)),
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
    """A cache for one test, closed after it."""
    cache = CodeCache()
    yield cache
    cache.close()


def _publish(client: Any, name: str, content: bytes) -> str:
    return client.publish_layer_version(LayerName=name, Content={"ZipFile": content})["LayerVersionArn"]


def call(cache: CodeCache, target: LambdaFunction, event: Any = None) -> Any:
    """What the handler of ``target`` returns."""
    loaded = cache.load(target)
    with loaded.run():
        return loaded.handler(event, None)
