from __future__ import annotations

import sys

import pytest

from moto_lambda_urls.messages.templates import read_template


def test_short_forms() -> None:
    assert read_template("""
A: !Ref Name
B: !GetAtt Nested.Outputs.Url
C: !GetAtt [Queue, Arn]
D: !Sub ["${x}", {x: !Ref Y}]
E: !And [!Condition IsDev, !Equals [1, !Ref Z]]
F: !Transform {Name: AWS::Include, Parameters: {Location: x}}
G: {Fn::GetAtt: Queue.Arn}
H: {Version: 2012-10-17}
""") == {
        "A": {"Ref": "Name"},
        "B": {"Fn::GetAtt": ["Nested", "Outputs.Url"]},
        "C": {"Fn::GetAtt": ["Queue", "Arn"]},
        "D": {"Fn::Sub": ["${x}", {"x": {"Ref": "Y"}}]},
        "E": {"Fn::And": [{"Condition": "IsDev"}, {"Fn::Equals": [1, {"Ref": "Z"}]}]},
        "F": {"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": "x"}}},
        "G": {"Fn::GetAtt": ["Queue", "Arn"]},
        "H": {"Version": "2012-10-17"},
    }


def test_json_with_tabs() -> None:
    assert read_template('{\n\t"A": {"Fn::GetAtt": "Queue.Arn"}}') == {"A": {"Fn::GetAtt": ["Queue", "Arn"]}}


@pytest.mark.parametrize("text", ["{", "a: [", "- a", "", "!!python/object/apply:os.getcwd []"])
def test_what_is_no_template(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - in the words of the parser
        read_template(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Resources:", "Resources is a mapping of names to resources, not None"),
        ("Resources: {A: }", "the resource A is a mapping with a Type and Properties, not None"),
        ("Resources: {A: {Properties: {}}}", "the resource A has no Type"),
        ("Resources: {A: {Type: X, Properties: }}", "the Properties of the resource A are a mapping, not None"),
    ],
)
def test_resources_without_a_form(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}$"):
        read_template(text)


def test_without_yaml(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    assert read_template('{"A": 1}') == {"A": 1}
    with pytest.raises(ImportError, match=r"pip install 'moto-lambda-urls\[sam\]'"):
        read_template("A: 1")
