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


def test_json_with_a_comma_too_many() -> None:
    assert read_template('{"A": {"Ref": "B",}, C: !Ref D}') == {"A": {"Ref": "B"}, "C": {"Ref": "D"}}


def test_neither_json_nor_yaml() -> None:
    with pytest.raises(ValueError, match=r"^JSON not well-formed\. \(line 2, column 3\)$"):
        read_template('{"A": 1\n  "B": ]}')


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "a: [",
        "- a",
        "",
        "!!python/object/apply:os.getcwd []",
        "a: !!binary aGk=",
        "a: !!set {b, c}",
        "a: !!timestamp 2012-10-17",
    ],
)
def test_what_is_no_template(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - in the words of the parser
        read_template(text)


LAUGHS = ["a0: &a0 [lol]", *(f"a{step}: &a{step} [{', '.join([f'*a{step - 1}'] * 10)}]" for step in range(1, 12))]
MERGED = [
    "a0: &a0 {k: 1}",
    *(f"a{step}: &a{step} {{<<: [{', '.join([f'*a{step - 1}'] * 10)}]}}" for step in range(1, 12)),
]


def test_aliases_that_stand_for_billions() -> None:
    with pytest.raises(ValueError, match="more than 2000000 characters with its aliases written out"):
        read_template("\n".join(LAUGHS))


def test_alias_in_itself() -> None:
    with pytest.raises(ValueError, match="with its aliases written out"):
        read_template("a: &a [*a, *a]")


def test_long_text_many_times() -> None:
    with pytest.raises(ValueError, match="more than 2000000 characters"):
        read_template(f"a: &a {'x' * 100_000}\nb: [{', '.join(['*a'] * 30)}]")


def test_merges_of_merges() -> None:
    assert read_template("\n".join(MERGED))["a11"] == {"k": 1}


def test_merged_defaults() -> None:
    text = "a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc: {<<: [*a, *b], x: 3}\nd: {z: 4, <<: *b}"
    read = read_template(text)
    assert (read["c"], read["d"]) == ({"x": 3, "y": 1, "z": 2}, {"z": 4, "y": 2})


@pytest.mark.parametrize("text", [f"a: {'[' * 1000}{']' * 1000}", f'{{"a": {"[" * 100_000}{"]" * 100_000}}}'])
def test_nesting_without_end(text: str) -> None:
    with pytest.raises(ValueError, match="nested too deeply"):
        read_template(text)


def test_without_yaml(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    assert read_template('{"A": 1}') == {"A": 1}
    with pytest.raises(ImportError, match=r"pip install 'moto-lambda-urls\[sam\]'"):
        read_template("A: 1")
