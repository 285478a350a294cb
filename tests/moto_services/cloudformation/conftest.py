"""A stack of CloudFormation."""

from __future__ import annotations

import json
from typing import Any

import pytest


@pytest.fixture
def stack(mock: Any) -> Any:
    """Create, or update when it is there, the stack ``shop`` from resources; gives its outputs."""
    client = mock.client("cloudformation")

    def put(resources: Any, *, outputs: Any = None, parameters: Any = None, declared: Any = None) -> Any:
        template = {
            "Parameters": declared or {},
            "Resources": resources,
            "Outputs": {name: {"Value": value} for name, value in (outputs or {}).items()},
        }
        request = {
            "StackName": "shop",
            "TemplateBody": json.dumps(template),
            "Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in (parameters or {}).items()],
        }
        known = client.list_stacks(StackStatusFilter=["CREATE_COMPLETE", "UPDATE_COMPLETE"])["StackSummaries"]
        (client.update_stack if known else client.create_stack)(**request)
        shown = client.describe_stacks(StackName="shop")["Stacks"][0].get("Outputs", [])
        return {each["OutputKey"]: each["OutputValue"] for each in shown}

    return put
