"""The AWS SDK for JavaScript in a function of Node.js, in a mock and on a server."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from support.npm import Npm

from moto_lambda_urls import LambdaUrls, LambdaUrlsServer, mock_lambda_urls

SDK = ("@aws-sdk/client-s3@3", "@aws-sdk/client-sts@3")
SOURCE = """
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";

const s3 = new S3Client({}), sts = new STSClient({});

export const handler = async (event) => {
  await s3.send(new PutObjectCommand({ Bucket: "box", Key: "a b/c", Body: event.rawPath }));
  const got = await s3.send(new GetObjectCommand({ Bucket: "box", Key: "a b/c" }));
  const { Arn } = await sts.send(new GetCallerIdentityCommand({}));
  return [await got.Body.transformToString(), Arn, await s3.config.region()];
};
"""


@pytest.fixture(params=["mock", "server"])
def urls(request: pytest.FixtureRequest) -> Iterator[LambdaUrls]:
    """A mock or a server; neither is told where functions run."""
    if request.param == "mock":
        with mock_lambda_urls() as running:
            yield running
    else:
        with LambdaUrlsServer() as server:
            yield server.urls


def package_of(folder: Path) -> bytes:
    """A zip of the handler and the packages in ``folder``."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        package.writestr("app.mjs", SOURCE)
        for path in (folder / "node_modules").rglob("*"):
            if path.is_file() and path.suffix not in (".map", ".ts"):
                package.write(path, path.relative_to(folder))
    return packed.getvalue()


def test_sdk_in_a_function(npm: Npm, urls: LambdaUrls) -> None:
    urls.client("s3").create_bucket(Bucket="box")
    url = urls.deploy(package_of(npm.install(*SDK)), name="orders", timeout=60)
    urls.client("lambda").update_function_configuration(FunctionName="orders", Runtime="nodejs22.x")
    arn = "arn:aws:sts::123456789012:assumed-role/moto-lambda-urls/orders"
    assert requests.get(f"{url}a/b", timeout=120).json() == ["/a/b", arn, "us-east-1"]
    assert urls.client("s3").get_object(Bucket="box", Key="a b/c")["Body"].read() == b"/a/b"
    placement = urls.invocations.last.placement
    assert placement is not None
    assert (placement.place, placement.reason) == ("process", "its runtime is nodejs22.x")
