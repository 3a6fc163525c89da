"""Denies that take back what another statement of the same document allows.

Only what is certain counts: a deny whose actions or resources do not hold all of the allow's, or
whose conditions a caller can get round, silences nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

from landfall.iam import patterns
from landfall.iam.conditions import compile_condition
from landfall.iam.documents import Document, Effect, Statement
from landfall.iam.requests import Request

# Somebody on the internet: what they cannot choose is here, everything else is unknown.
_STRANGER = Request(
    "arn:aws:iam::999999999999:role/stranger",
    "s3:GetObject",
    resource_account="000000000000",
    context={
        "aws:PrincipalAccount": "999999999999",
        "aws:PrincipalOrgID": "o-stranger00",
        "aws:PrincipalOrgPaths": ["o-stranger00/r-none/"],
        "aws:PrincipalIsAWSService": "false",
        "aws:SourceIp": "198.51.100.7",
        "aws:SourceVpc": "vpc-0strange",
        "aws:SourceVpce": "vpce-0strange",
        "kms:CallerAccount": "999999999999",
    },
    complete=False,
)


def closed_to_strangers(statement: Statement, document: Document) -> bool:
    """Tell whether nobody outside can use what a statement allows, because another denies it."""
    return any(
        _names_everybody(deny)
        and _holds_all(deny, statement.actions, statement)
        and all(
            compile_condition(each, has_variables=document.has_variables)(_STRANGER) is True
            for each in deny.conditions
        )
        for deny in _denies(document)
    )


def taken_back(statement: Statement, document: Document, actions: Iterable[str] = ()) -> bool:
    """Tell whether a deny without conditions takes back a statement, or `actions` of it."""
    wanted = tuple(actions) or statement.actions
    return any(
        not deny.conditions and _holds_all(deny, wanted, statement) for deny in _denies(document)
    )


def _denies(document: Document) -> list[Statement]:
    return [each for each in document.statements if each.effect is Effect.DENY]


def _names_everybody(deny: Statement) -> bool:
    return any(
        principal.value == "*" and principal.kind in ("*", "AWS")
        for principal in deny.principals or ()
    )


def _holds_all(deny: Statement, actions: tuple[str, ...], allow: Statement) -> bool:
    return _covers(deny.actions, actions or ("*",), case_sensitive=False) and _covers(
        deny.resources, allow.resources or ("*",), case_sensitive=True
    )


def _covers(wide: tuple[str, ...], narrow: tuple[str, ...], *, case_sensitive: bool) -> bool:
    return all(
        any(patterns.covers(one, each, case_sensitive=case_sensitive) for one in wide)
        for each in narrow
    )
