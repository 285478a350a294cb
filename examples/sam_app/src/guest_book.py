"""Signs guests in with POST, and lists them with GET."""

import json
import os
from typing import Any

import boto3


def handler(event: dict[str, Any], context: object) -> Any:
    table = boto3.resource("dynamodb").Table(os.environ["TABLE"])
    if event["requestContext"]["http"]["method"] == "POST":
        name = json.loads(event["body"])["name"]
        table.put_item(Item={"id": name})
        return {"statusCode": 201, "body": f"{os.environ['GREETING']} {name}"}
    return sorted(item["id"] for item in table.scan()["Items"])
