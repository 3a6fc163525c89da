"""Symbols in texts: found, resolved, and left alone where they have no value."""

from __future__ import annotations

import ast
from pathlib import Path

from landfall.blueprint import symbols
from landfall.blueprint.symbols import AccountsOf, found_in, resolved

FOLDER = Path(symbols.__file__).parent
FORBIDDEN = {"boto3", "botocore", "components", "policies", "pulumi", "pulumi_aws"}
ONE, OTHER = symbols.account("one"), symbols.account("other")


def test_resolved_text_has_values_in_the_places_of_symbols() -> None:
    text = f"arn:aws:iam::{ONE}:role/landfall/{OTHER}"
    assert list(found_in(text)) == [ONE, OTHER]
    assert (
        resolved(text, {ONE: "111111111111"}) == f"arn:aws:iam::111111111111:role/landfall/{OTHER}"
    )


def test_resolved_symbol_alone_becomes_its_value_of_any_type() -> None:
    assert resolved([ONE, {"key": ONE}], {ONE: [1, 2]}) == [[1, 2], {"key": [1, 2]}]


def test_resolved_text_keeps_iam_variables_and_other_brackets() -> None:
    text = "${aws:PrincipalAccount} <Pipeline> 1 < 2 > 1"
    assert resolved(text, {}) == text
    assert list(found_in(text)) == []


def test_accounts_of_roles_are_sorted_by_their_ids() -> None:
    arns = tuple(f"arn:aws:iam::{each}:role/it" for each in (ONE, OTHER, ONE))
    values = {ONE: "222222222222", OTHER: "111111111111"}
    assert resolved(AccountsOf(arns), values) == [
        "arn:aws:iam::111111111111:root",
        "arn:aws:iam::222222222222:root",
    ]


def test_blueprint_imports_neither_engine_nor_aws_nor_components() -> None:
    files = sorted(FOLDER.rglob("*.py"))
    assert len(files) > 20
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            assert not {name.split(".")[0] for name in names} & FORBIDDEN, file
