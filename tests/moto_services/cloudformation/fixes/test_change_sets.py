from __future__ import annotations

import pytest
import requests
from botocore.exceptions import ClientError
from support.stacks import change, exports, outputs, sam_template

from moto_lambda_urls import LambdaUrls

QUEUE = "Resources:\n  Orders: {Type: AWS::SQS::Queue, Properties: {QueueName: orders}}\n"
EXPORTED = f"{QUEUE}Outputs:\n  Name: {{Value: !GetAtt Orders.QueueName, Export: {{Name: queue}}}}\n"


def test_outputs_of_a_new_stack_and_of_a_changed_one(mock: LambdaUrls) -> None:
    client = mock.client("cloudformation")
    change(client, "CREATE", sam_template())
    url = outputs(client)["Url"]
    assert requests.get(url).text == "hello"
    change(client, "UPDATE", sam_template("new").replace("  Url:", "  Address:"))
    assert outputs(client) == {"Address": url}
    assert requests.get(url).text == "new"


def test_template_of_a_stack_in_review(mock: LambdaUrls) -> None:
    client = mock.client("cloudformation")
    client.create_change_set(StackName="shop", ChangeSetName="c", ChangeSetType="CREATE", TemplateBody=QUEUE)
    assert client.get_template(StackName="shop")["TemplateBody"] == {}
    client.execute_change_set(StackName="shop", ChangeSetName="c")
    assert client.get_template(StackName="shop")["TemplateBody"] == QUEUE


def test_exports_of_a_new_stack_and_of_a_changed_one(mock: LambdaUrls) -> None:
    client = mock.client("cloudformation")
    change(client, "CREATE", EXPORTED)
    assert exports(client) == {"queue": "orders"}
    change(client, "UPDATE", EXPORTED.replace("Name: queue", "Name: renamed"))
    assert exports(client) == {"renamed": "orders"}
    client.delete_stack(StackName="shop")
    assert exports(client) == {}


def test_import_of_another_stacks_export(mock: LambdaUrls) -> None:
    client = mock.client("cloudformation")
    change(client, "CREATE", EXPORTED)
    change(
        client,
        "CREATE",
        "Resources:\n  Copy:\n    Type: AWS::SQS::Queue\n    Properties:\n      QueueName:\n"
        "        Fn::Join: ['-', [!ImportValue queue, copy]]\nOutputs:\n  Name: {Value: !GetAtt Copy.QueueName}\n",
        name="other",
    )
    assert outputs(client, "other") == {"Name": "orders-copy"}


def test_parameters_of_a_changed_stack(mock: LambdaUrls) -> None:
    client = mock.client("cloudformation")
    template = f"Parameters:\n  Name: {{Type: String}}\n{QUEUE}Outputs: {{N: {{Value: !Ref Name}}}}\n"
    given = {"ParameterKey": "Name", "ParameterValue": "first"}
    change(client, "CREATE", template, Parameters=[given])
    assert outputs(client) == {"N": "first"}
    change(client, "UPDATE", template, Parameters=[{**given, "ParameterValue": "second"}])
    assert outputs(client) == {"N": "second"}
    template = template.replace("Outputs: {", "Outputs: {A: {Value: a}, ")
    change(client, "UPDATE", template, Parameters=[{"ParameterKey": "Name", "UsePreviousValue": True}])
    assert outputs(client) == {"A": "a", "N": "second"}


def test_previous_template(mock: LambdaUrls) -> None:
    client = mock.client("cloudformation")
    template = f"Parameters:\n  Tail: {{Type: String}}\n{QUEUE}Outputs: {{N: {{Value: !Ref Tail}}}}\n"
    change(client, "CREATE", template, Parameters=[{"ParameterKey": "Tail", "ParameterValue": "a"}])
    client.create_change_set(
        StackName="shop",
        ChangeSetName="next",
        ChangeSetType="UPDATE",
        UsePreviousTemplate=True,
        Parameters=[{"ParameterKey": "Tail", "ParameterValue": "b"}],
    )
    client.execute_change_set(StackName="shop", ChangeSetName="next")
    assert outputs(client) == {"N": "b"}


def test_second_change_set_of_a_stack_in_review(mock: LambdaUrls) -> None:
    client = mock.client("cloudformation")
    for name in ("first", "second"):
        client.create_change_set(StackName="shop", ChangeSetName=name, ChangeSetType="CREATE", TemplateBody=EXPORTED)
    assert [each["StackStatus"] for each in client.list_stacks()["StackSummaries"]] == ["REVIEW_IN_PROGRESS"]
    client.execute_change_set(StackName="shop", ChangeSetName="second")
    assert outputs(client) == {"Name": "orders"}


def test_new_stack_that_exists(mock: LambdaUrls) -> None:
    client = mock.client("cloudformation")
    change(client, "CREATE", QUEUE)
    with pytest.raises(ClientError, match=r"Stack \[shop\] already exists and cannot be created again"):
        change(client, "CREATE", QUEUE)


def test_failed_execution_leaves_nothing(mock: LambdaUrls) -> None:
    client = mock.client("cloudformation")
    function = sam_template().replace("Runtime: python3.13", "Runtime: cobol")
    with pytest.raises(ClientError):
        change(client, "CREATE", function)
    assert [each for each in client.list_stacks()["StackSummaries"] if each["StackStatus"] != "DELETE_COMPLETE"] == []
    assert mock.client("iam").list_roles()["Roles"] == []
    change(client, "CREATE", sam_template())
    assert requests.get(outputs(client)["Url"]).text == "hello"


def test_change_sets_of_one_name(mock: LambdaUrls) -> None:
    client = mock.client("cloudformation")
    for stack, queue in (("shop", "orders"), ("other", "returns")):
        client.create_change_set(
            StackName=stack,
            ChangeSetName="tool",
            ChangeSetType="CREATE",
            TemplateBody=QUEUE.replace("orders", queue) + "Outputs: {Q: {Value: !GetAtt Orders.QueueName}}\n",
        )
    for stack in ("shop", "other"):
        client.execute_change_set(StackName=stack, ChangeSetName="tool")
    assert (outputs(client), outputs(client, "other")) == ({"Q": "orders"}, {"Q": "returns"})


def test_deletion_of_a_change_set_that_is_not_there(mock: LambdaUrls) -> None:
    client = mock.client("cloudformation")
    change(client, "CREATE", QUEUE)
    client.delete_change_set(StackName="shop", ChangeSetName="tool")
    client.delete_change_set(StackName="shop", ChangeSetName="tool")
    with pytest.raises(ClientError, match=r"ChangeSet \[tool\] does not exist"):
        client.execute_change_set(StackName="shop", ChangeSetName="tool")
