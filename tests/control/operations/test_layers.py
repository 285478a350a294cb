"""Layers and their versions."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import boto3
import pytest
import requests
from support.builders import answer, make_zip, raw_client
from support.function_api import ACCOUNT, OTHER_PACKAGE, PACKAGE, REGION, TIME, request, sha_256

from moto_lambda_urls import mock_lambda_urls
from moto_lambda_urls.control.functions import packages as function_packages
from moto_lambda_urls.control.functions.runtimes import known_runtimes, listed_runtimes
from moto_lambda_urls.runtime.in_process.loading import packages

ARN = f"arn:aws:lambda:{REGION}:{ACCOUNT}:layer:lib"
NOT_THERE = ("ResourceNotFoundException", "The resource you requested does not exist.", 404)
TOO_LOW = ("InvalidParameterValueException", "Layer Version Cannot be less than 1", 400)
LIBRARY = make_zip({"python/shared.py": "WHO = 'layer'"})


def publish(client: Any, name: str = "lib", content: bytes = PACKAGE, **fields: Any) -> dict[str, Any]:
    published: dict[str, Any] = client.publish_layer_version(LayerName=name, Content={"ZipFile": content}, **fields)
    assert published.pop("ResponseMetadata")["HTTPStatusCode"] == 201
    return published


def checked(version: dict[str, Any]) -> dict[str, Any]:
    """``version`` without its time and location, whose forms are checked."""
    rest = {name: value for name, value in version.items() if name != "ResponseMetadata"}
    assert TIME.fullmatch(rest.pop("CreatedDate"))
    if "Content" in rest:
        rest["Content"] = {name: value for name, value in rest["Content"].items() if name != "Location"}
        assert version["Content"]["Location"].startswith("http")
    return rest


def refused(message: str, code: str = "InvalidParameterValueException", status: int = 400) -> tuple[str, str, int]:
    return code, message, status


def test_publish_get_and_list(aws_lambda: Any) -> None:
    fields: dict[str, Any] = {
        "CompatibleRuntimes": ["python3.13", "python3.7"],
        "CompatibleArchitectures": ["arm64", "x86_64"],
    }
    published = publish(aws_lambda, Description="d", LicenseInfo="MIT", **fields)
    content = {"CodeSha256": sha_256(PACKAGE), "CodeSize": len(PACKAGE)}
    listed = {"LayerVersionArn": f"{ARN}:1", "Version": 1, "Description": "d", "LicenseInfo": "MIT", **fields}
    assert checked(published) == {"Content": content, "LayerArn": ARN, **listed}
    for read in (
        aws_lambda.get_layer_version(LayerName="lib", VersionNumber=1),
        aws_lambda.get_layer_version(LayerName=ARN, VersionNumber=1),
        aws_lambda.get_layer_version_by_arn(Arn=f"{ARN}:1"),
    ):
        assert checked(read) == checked(published)
    versions = aws_lambda.list_layer_versions(LayerName=ARN)["LayerVersions"]
    assert [checked(each) for each in versions] == [listed]
    [layer] = aws_lambda.list_layers()["Layers"]
    assert layer.keys() == {"LayerName", "LayerArn", "LatestMatchingVersion"}
    assert (layer["LayerName"], layer["LayerArn"]) == ("lib", ARN)
    assert checked(layer["LatestMatchingVersion"]) == listed


def test_what_is_not_sent_is_absent(aws_lambda: Any) -> None:
    content = {"CodeSha256": sha_256(PACKAGE), "CodeSize": len(PACKAGE)}
    shown = {"Content": content, "LayerArn": ARN, "Description": ""}
    assert checked(publish(aws_lambda)) == {**shown, "LayerVersionArn": f"{ARN}:1", "Version": 1}
    empty: dict[str, Any] = {"CompatibleRuntimes": [], "CompatibleArchitectures": []}
    published = publish(aws_lambda, **empty)
    assert checked(published) == {**shown, **empty, "LayerVersionArn": f"{ARN}:2", "Version": 2}


@pytest.mark.in_process
def test_the_location_can_be_downloaded(aws_lambda: Any) -> None:
    publish(aws_lambda, content=LIBRARY)
    publish(aws_lambda, content=OTHER_PACKAGE)
    for number, content in ((1, LIBRARY), (2, OTHER_PACKAGE)):
        location = aws_lambda.get_layer_version(LayerName="lib", VersionNumber=number)["Content"]["Location"]
        assert requests.get(location).content == content


def test_contents_of_s3(aws_lambda: Any) -> None:
    s3 = boto3.client("s3", REGION)
    s3.create_bucket(Bucket="layers")
    s3.put_bucket_versioning(Bucket="layers", VersioningConfiguration={"Status": "Enabled"})
    old = s3.put_object(Bucket="layers", Key="lib.zip", Body=PACKAGE)["VersionId"]
    s3.put_object(Bucket="layers", Key="lib.zip", Body=OTHER_PACKAGE)
    place = {"S3Bucket": "layers", "S3Key": "lib.zip"}
    for content, expected in ((place, OTHER_PACKAGE), ({**place, "S3ObjectVersion": old}, PACKAGE)):
        published = aws_lambda.publish_layer_version(LayerName="lib", Content=content)
        assert published["Content"]["CodeSha256"] == sha_256(expected)
        assert published["Content"]["CodeSize"] == len(expected)
    missing = {"LayerName": "lib", "Content": {"S3Bucket": "layers", "S3Key": "none"}}
    text = (
        "Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist."
    )
    assert answer(aws_lambda.publish_layer_version, **missing) == refused(text)


def test_numbers_never_return(aws_lambda: Any) -> None:
    assert [publish(aws_lambda)["Version"] for _ in range(2)] == [1, 2]
    for number in (2, 1, 1):  # what is gone can be deleted again
        deleted = aws_lambda.delete_layer_version(LayerName="lib", VersionNumber=number)
        assert deleted["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert aws_lambda.list_layer_versions(LayerName="lib")["LayerVersions"] == []
    assert aws_lambda.list_layers()["Layers"] == []
    assert publish(aws_lambda)["Version"] == 3
    aws_lambda.delete_layer_version(LayerName="never", VersionNumber=1)


def test_lists_of_what_is_missing(aws_lambda: Any) -> None:
    assert aws_lambda.list_layers()["Layers"] == []
    assert aws_lambda.list_layer_versions(LayerName="lib")["LayerVersions"] == []


def test_pages(aws_lambda: Any) -> None:
    for _ in range(11):
        publish(aws_lambda)
    pages = aws_lambda.get_paginator("list_layer_versions").paginate(LayerName="lib", PaginationConfig={"PageSize": 4})
    numbers = [[each["Version"] for each in page["LayerVersions"]] for page in pages]
    assert numbers == [[11, 10, 9, 8], [7, 6, 5, 4], [3, 2, 1]]
    for name in ("b", "a"):
        publish(aws_lambda, name)
    first = aws_lambda.list_layers(MaxItems=2)
    assert [each["LayerName"] for each in first["Layers"]] == ["a", "b"]
    rest = aws_lambda.list_layers(Marker=first["NextMarker"])
    assert [each["LayerName"] for each in rest["Layers"]] == ["lib"]
    assert rest["Layers"][0]["LatestMatchingVersion"]["Version"] == 11
    assert "NextMarker" not in rest
    wrong = refused("The pagination token is invalid.")
    assert answer(aws_lambda.list_layers, Marker="x") == wrong
    assert answer(aws_lambda.list_layer_versions, LayerName="lib", Marker=first["NextMarker"]) == wrong


def test_filters(aws_lambda: Any) -> None:
    publish(aws_lambda, CompatibleRuntimes=["python3.13"], CompatibleArchitectures=["x86_64"])
    publish(aws_lambda, CompatibleRuntimes=["nodejs22.x", "python3.13"])
    publish(aws_lambda)
    publish(aws_lambda, "other", CompatibleArchitectures=["arm64", "x86_64"])

    def versions(**compatible: str) -> list[int]:
        found = aws_lambda.list_layer_versions(LayerName="lib", **compatible)["LayerVersions"]
        return [each["Version"] for each in found]

    def layers(**compatible: str) -> list[tuple[str, int]]:
        found = aws_lambda.list_layers(**compatible)["Layers"]
        return [(each["LayerName"], each["LatestMatchingVersion"]["Version"]) for each in found]

    assert versions(CompatibleRuntime="python3.13") == [2, 1]
    assert versions(CompatibleRuntime="nodejs22.x") == [2]
    assert versions(CompatibleArchitecture="x86_64") == [1]
    assert versions(CompatibleRuntime="nodejs22.x", CompatibleArchitecture="x86_64") == []
    assert layers() == [("lib", 3), ("other", 1)]
    assert layers(CompatibleRuntime="python3.13") == [("lib", 2)]
    assert layers(CompatibleArchitecture="x86_64") == [("lib", 1), ("other", 1)]
    assert layers(CompatibleRuntime="ruby3.4") == []


def test_what_is_missing(aws_lambda: Any) -> None:
    publish(aws_lambda)
    elsewhere = ARN.replace(REGION, "eu-west-1")
    for name, number in (("none", 1), ("lib", 2), (elsewhere, 1)):
        assert answer(aws_lambda.get_layer_version, LayerName=name, VersionNumber=number) == NOT_THERE
    for arn in (f"{ARN}:2", f"{ARN}x:1", f"{elsewhere}:1"):
        assert answer(aws_lambda.get_layer_version_by_arn, Arn=arn) == NOT_THERE


@pytest.mark.parametrize("number", [0, -1])
def test_numbers_that_no_version_has(aws_lambda: Any, number: int) -> None:
    for call in (aws_lambda.get_layer_version, aws_lambda.delete_layer_version, aws_lambda.get_layer_version_policy):
        assert answer(call, LayerName="lib", VersionNumber=number) == TOO_LOW


def test_values_that_are_not_in_the_model(mock: Any) -> None:
    client = raw_client()
    wrong = {"CompatibleRuntimes": ["x", "python3.13"], "CompatibleArchitectures": ["y", "arm64"]}
    text = (
        "2 validation errors detected: Value '[x, python3.13]' at 'compatibleRuntimes' failed to satisfy constraint: "
        f"Member must satisfy enum value set: {listed_runtimes()}; Value '[y, arm64]' at 'compatibleArchitectures' "
        "failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: "
        "[x86_64, arm64]]"
    )
    publishing = {"LayerName": "lib", "Content": {"ZipFile": PACKAGE}}
    assert answer(client.publish_layer_version, **publishing, **wrong) == refused(text, "ValidationException")
    sixteen = {"CompatibleRuntimes": ["python3.13"] * 16}
    text = (
        f"1 validation error detected: Value '[{', '.join(['python3.13'] * 16)}]' at 'compatibleRuntimes' failed to "
        "satisfy constraint: Member must have length less than or equal to 15"
    )
    assert answer(client.publish_layer_version, **publishing, **sixteen) == refused(text, "ValidationException")
    text = (
        "1 validation error detected: Value 'x' at 'compatibleRuntime' failed to satisfy constraint: Member must "
        f"satisfy enum value set: [{', '.join(known_runtimes())}]"
    )
    assert answer(client.list_layers, CompatibleRuntime="x") == refused(text, "ValidationException")
    text = (
        "1 validation error detected: Value 'x' at 'compatibleArchitecture' failed to satisfy constraint: Member must "
        "satisfy enum value set: [x86_64, arm64]"
    )
    listing = {"LayerName": "lib", "CompatibleArchitecture": "x"}
    assert answer(client.list_layer_versions, **listing) == refused(text, "ValidationException")
    text = (
        f"1 validation error detected: Value '{ARN}' at 'arn' failed to satisfy constraint: Member must satisfy "
        "regular expression pattern: "
    )
    code, message, status = answer(client.get_layer_version_by_arn, Arn=ARN)
    assert (code, message[: len(text)], status) == ("ValidationException", text, 400)


def test_bad_contents(aws_lambda: Any) -> None:
    bad_zip = "Could not unzip uploaded file. Please check your file, then try to upload again."
    empty = io.BytesIO()
    zipfile.ZipFile(empty, "w").close()
    for content, text in (
        ({"ZipFile": b"no zip"}, bad_zip),
        ({"ZipFile": empty.getvalue()}, "Uploaded file must be a non-empty zip"),
        ({}, "Please provide a source for function code."),
    ):
        assert answer(aws_lambda.publish_layer_version, LayerName="lib", Content=content) == refused(text)


@pytest.mark.in_process
def test_sizes(aws_lambda: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    publishing = {"LayerName": "lib", "Content": {"ZipFile": PACKAGE}}
    with monkeypatch.context() as patch:
        patch.setattr(packages, "MAX_ZIPPED", len(PACKAGE) - 1)
        text = f"Zipped size must be smaller than {len(PACKAGE) - 1} bytes"
        expected = refused(text, "RequestEntityTooLargeException", 413)
        assert answer(aws_lambda.publish_layer_version, **publishing) == expected
    unzipped = packages.unzipped_size(PACKAGE)
    with monkeypatch.context() as patch:
        patch.setattr(packages, "MAX_UNZIPPED", unzipped)
        text = f"Unzipped size must be smaller than {unzipped} bytes"
        assert answer(aws_lambda.publish_layer_version, **publishing) == refused(text)
    monkeypatch.setattr("moto_lambda_urls.control.wire.MAX_PACKAGE_REQUEST_BYTES", 10)
    text = "Request must be smaller than 10 bytes for the PublishLayerVersion operation"
    expected = refused(text, "RequestEntityTooLargeException", 413)
    assert answer(aws_lambda.publish_layer_version, **publishing) == expected


@pytest.mark.in_process
def test_room_for_code(aws_lambda: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("moto_lambda_urls.control.operations.functions.MAX_STORED", 2 * len(PACKAGE))
    publish(aws_lambda)
    publish(aws_lambda)
    expected = refused("Code storage limit exceeded.", "CodeStorageExceededException")
    publishing = {"LayerName": "lib", "Content": {"ZipFile": PACKAGE}}
    assert answer(aws_lambda.publish_layer_version, **publishing) == expected
    aws_lambda.delete_layer_version(LayerName="lib", VersionNumber=1)
    assert publish(aws_lambda)["Version"] == 3


HANDLER = "import shared\ndef handler(event, context): return shared.WHO"


@pytest.mark.in_process
@pytest.mark.parametrize("processes", ["never", "always"])
def test_functions_keep_a_layer_that_is_deleted(processes: Any) -> None:
    with mock_lambda_urls(processes=processes):
        client = boto3.client("lambda", REGION)
        arn = publish(client, content=LIBRARY)["LayerVersionArn"]
        client.create_function(**request(Code={"ZipFile": make_zip(HANDLER)}, Layers=[arn], Publish=True))
        client.delete_layer_version(LayerName="lib", VersionNumber=1)
        shown = [{"Arn": arn, "CodeSize": len(LIBRARY)}]
        assert client.get_function_configuration(FunctionName="fn")["Layers"] == shown
        for qualifier in ("$LATEST", "1"):
            assert json.load(client.invoke(FunctionName="fn", Qualifier=qualifier)["Payload"]) == "layer"
        client.update_function_configuration(FunctionName="fn", Timeout=9)
        assert json.load(client.invoke(FunctionName="fn")["Payload"]) == "layer"
        client.update_function_code(FunctionName="fn", ZipFile=make_zip(f"{HANDLER} + '!'"))
        assert json.load(client.invoke(FunctionName="fn")["Payload"]) == "layer!"
        expected = refused(f"Layer version {arn} does not exist.")
        assert answer(client.update_function_configuration, FunctionName="fn", Layers=[arn]) == expected
        client.update_function_configuration(FunctionName="fn", Layers=[])
        assert "Layers" not in client.get_function_configuration(FunctionName="fn")
        assert json.load(client.invoke(FunctionName="fn", Qualifier="1")["Payload"]) == "layer"


def test_the_same_version_twice(aws_lambda: Any) -> None:
    arn = publish(aws_lambda)["LayerVersionArn"]
    text = (
        "Two different versions of the same layer are not allowed to be referenced in the same function. "
        f"{arn} and {arn} are versions of the same layer."
    )
    assert answer(aws_lambda.create_function, **request(Layers=[arn, arn])) == refused(text)


def test_a_layer_without_its_version(mock: Any) -> None:
    code, message, status = answer(raw_client().create_function, **request(Layers=[ARN]))
    assert (code, status) == ("ValidationException", 400)
    assert message.startswith(
        f"1 validation error detected: Value '[{ARN}]' at 'layers' failed to satisfy constraint: Member must satisfy "
        "constraint: [Member must have length less than or equal to "
    )


@pytest.mark.in_process
def test_five_layers_and_the_code_together(aws_lambda: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    arns = [publish(aws_lambda, f"lib{number}")["LayerVersionArn"] for number in range(5)]
    size = 6 * packages.unzipped_size(PACKAGE)
    monkeypatch.setattr(function_packages, "MAX_UNZIPPED", size)
    text = (
        f"Function code combined with layers exceeds the maximum allowed size of {size} bytes. "
        f"The actual size is {size} bytes."
    )
    assert answer(aws_lambda.create_function, **request(Layers=arns)) == refused(text)
    aws_lambda.create_function(**request(Layers=arns[:4]))
