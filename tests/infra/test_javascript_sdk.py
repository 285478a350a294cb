"""The AWS SDK for JavaScript against a server without options."""

from __future__ import annotations

import base64
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import boto3
import pytest
from support.builders import make_role, make_zip
from support.npm import Npm

SDK = ("@aws-sdk/client-lambda@3", "@aws-sdk/client-s3@3")
CODE = "def handler(event, context):\n    return {'statusCode': 200, 'body': event.get('rawPath', 'invoked')}\n"
KEY: dict[str, Any] = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}

FUNCTIONS = """
const sdk = require("@aws-sdk/client-lambda");
const [role, code] = process.argv.slice(1);
(async () => {
  const client = new sdk.LambdaClient({});
  const got = {};
  await client.send(new sdk.CreateFunctionCommand({
    FunctionName: "f", Runtime: "python3.12", Role: role, Handler: "app.handler",
    Code: { ZipFile: Buffer.from(code, "base64") },
  }));
  await sdk.waitUntilFunctionActiveV2({ client, maxWaitTime: 10 }, { FunctionName: "f" });
  const cors = { AllowOrigins: ["https://a.example"], MaxAge: 5 };
  const settings = { FunctionName: "f", AuthType: "NONE", Cors: cors };
  const made = await client.send(new sdk.CreateFunctionUrlConfigCommand(settings));
  const grant = { FunctionName: "f", Principal: "*" };
  await client.send(new sdk.AddPermissionCommand({
    ...grant, StatementId: "url", Action: "lambda:InvokeFunctionUrl", FunctionUrlAuthType: "NONE",
  }));
  await client.send(new sdk.AddPermissionCommand({
    ...grant, StatementId: "invoke", Action: "lambda:InvokeFunction", InvokedViaFunctionUrl: true,
  }));
  const found = await client.send(new sdk.GetFunctionUrlConfigCommand({ FunctionName: "f" }));
  got.cors = found.Cors;
  got.urls = [];
  for await (const page of sdk.paginateListFunctionUrlConfigs({ client }, { FunctionName: "f" })) {
    got.urls.push(...page.FunctionUrlConfigs.map((each) => each.FunctionUrl === made.FunctionUrl));
  }
  const answer = await fetch(made.FunctionUrl + "a%2Fb", { headers: { origin: "https://a.example" } });
  got.answer = [answer.status, await answer.text(), answer.headers.get("access-control-allow-origin")];
  const invoked = await client.send(new sdk.InvokeCommand({ FunctionName: "f", Payload: "{}" }));
  got.invoked = JSON.parse(Buffer.from(invoked.Payload)).body;
  const streamed = await client.send(new sdk.InvokeWithResponseStreamCommand({ FunctionName: "f", Payload: "{}" }));
  got.streamed = "";
  for await (const event of streamed.EventStream) {
    if (event.PayloadChunk) got.streamed += Buffer.from(event.PayloadChunk.Payload).toString();
  }
  try {
    await client.send(new sdk.GetFunctionUrlConfigCommand({ FunctionName: "none" }));
  } catch (error) {
    got.error = [error instanceof sdk.ResourceNotFoundException, error.$metadata.httpStatusCode, error.message];
  }
  await client.send(new sdk.DeleteFunctionUrlConfigCommand({ FunctionName: "f" }));
  console.log(JSON.stringify(got));
})();
"""
OBJECTS = """
const sdk = require("@aws-sdk/client-s3");
(async () => {
  const client = new sdk.S3Client({});
  const object = { Bucket: "my.bucket", Key: "a b/c" };
  await client.send(new sdk.CreateBucketCommand({ Bucket: "my.bucket" }));
  await client.send(new sdk.PutObjectCommand({ ...object, Body: "text", Metadata: { word: "w" } }));
  const got = await client.send(new sdk.GetObjectCommand(object));
  const { Contents } = await client.send(new sdk.ListObjectsV2Command({ Bucket: "my.bucket" }));
  await client.send(new sdk.DeleteObjectCommand(object));
  let missing;
  try { await client.send(new sdk.GetObjectCommand(object)); } catch (error) { missing = error.name; }
  const text = await got.Body.transformToString();
  console.log(JSON.stringify([text, got.Metadata, Contents.map((each) => each.Key), missing]));
})();
"""
WHERE = """
const { S3Client, ListObjectsV2Command } = require("@aws-sdk/client-s3");
const handle = async ({ hostname, path }) => { console.log(JSON.stringify([hostname, path])); process.exit(); };
new S3Client({ requestHandler: { handle } }).send(new ListObjectsV2Command({ Bucket: "bucket" }));
"""


def run(script: str, *arguments: str, folder: Path, endpoint_url: str) -> Any:
    """What ``script``, which finds the packages of ``folder``, prints as JSON; its AWS is at ``endpoint_url``."""
    variables = {
        **os.environ,
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": KEY["aws_access_key_id"],
        "AWS_SECRET_ACCESS_KEY": KEY["aws_secret_access_key"],
    }
    called = ["node", "-e", script, *arguments]
    ran = subprocess.run(called, cwd=folder, env=variables, capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def test_functions(npm: Npm, server: str) -> None:
    role = make_role(boto3.client("iam", "us-east-1", endpoint_url=server, **KEY))
    code = base64.b64encode(make_zip(CODE)).decode()
    got = run(FUNCTIONS, role, code, folder=npm.install(*SDK), endpoint_url=server)
    assert got == {
        "cors": {"AllowOrigins": ["https://a.example"], "MaxAge": 5},
        "urls": [True],
        "answer": [200, "/a%2Fb", "https://a.example"],
        "invoked": "invoked",
        "streamed": '{"statusCode": 200, "body": "invoked"}',
        "error": [True, 404, "The resource you requested does not exist."],
    }


def test_objects(npm: Npm, server: str) -> None:
    got = run(OBJECTS, folder=npm.install(*SDK), endpoint_url=server)
    assert got == ["text", {"word": "w"}, ["a b/c"], "NoSuchKey"]


@pytest.mark.parametrize(
    ("host", "asked"), [("127.0.0.1", ["127.0.0.1", "/bucket/"]), ("localhost", ["bucket.localhost", "/"])]
)
def test_where_it_looks_for_a_bucket(npm: Npm, host: str, asked: list[str]) -> None:
    """As docs/server.md says."""
    assert run(WHERE, folder=npm.install(*SDK), endpoint_url=f"http://{host}:5000") == asked
