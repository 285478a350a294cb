"""docs/operations.md says who handles each operation now."""

from __future__ import annotations

from support import operations_table


def test_table_is_current() -> None:
    text = operations_table.PATH.read_text()
    documented = text.splitlines()
    if text.startswith(operations_table.header()):
        assert [line for line in documented if line.startswith("| ") and "---" not in line][
            1:
        ] == operations_table.rows()
    else:  # another botocore knows other operations, another moto handles others
        ours = [row for row in operations_table.rows() if row.endswith(f"| {operations_table.OURS} |")]
        assert set(ours) <= set(documented)


def test_functions_versions_and_aliases_are_ours() -> None:
    for operation in (
        "CreateFunction",
        "PublishVersion",
        "CreateAlias",
        "ListTags",
        "GetAccountSettings",
        "GetCodeSigningConfig",
        "GetFunctionScalingConfig",
        "GetLayerVersionByArn",
        "Invoke",
        "PublishLayerVersion",
    ):
        assert operations_table.handler_of(operation) == operations_table.OURS
    assert operations_table.handler_of("PutResourcePolicy") == operations_table.NOBODYS
