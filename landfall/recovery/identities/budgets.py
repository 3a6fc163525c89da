"""Budgets: budgets of accounts."""

from __future__ import annotations

from landfall.recovery.identities.registry import Client, Inputs, finds


@finds("aws:budgets/budget:Budget")
def _budget(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    account = client("sts").get_caller_identity()["Account"]
    client("budgets").describe_budget(AccountId=account, BudgetName=inputs["name"])
    return f"{account}:{inputs['name']}"
