"""The baseline of each account and of the management account, from a stack's settings."""

from collections.abc import Iterator
from typing import Any, cast

import pulumi

from components.baseline import Baseline, BaselineArgs
from components.landing_zone.ground import Ground
from components.oversight import AlternateContactArgs, BudgetArgs, Oversight, OversightArgs
from landfall.guardrails import effective_baseline
from landfall.settings import Stack, naming
from landfall.settings import baseline as settings_of


class Baselines:
    """Creates the baseline of every account with one that is in this part of the stack."""

    def __init__(self, stack: Stack, foundation: Ground) -> None:
        self._stack = stack
        if foundation.part.foundation:
            self._management(foundation)
        for name in foundation.part.accounts:
            account = foundation.accounts[name]
            found = effective_baseline.of_account(stack, name)
            if effective_baseline.stands(found):
                Baseline(f"{name}-baseline", _arguments(stack, found), foundation.in_account(name))
            self._oversee(name, account.account_id, found)

    def _management(self, foundation: Ground) -> None:
        stack = self._stack
        own = effective_baseline.of_management_account(stack)
        if effective_baseline.stands(own):
            # After the organization: its declarative policies take precedence.
            options = pulumi.ResourceOptions(depends_on=[*foundation.after, *foundation.enabled])
            Baseline(f"{naming.MANAGEMENT}-baseline", _arguments(stack, own), options)
        self._oversee(naming.MANAGEMENT, foundation.management_account_id, own, management=True)

    def _oversee(
        self,
        name: str,
        account_id: pulumi.Input[str],
        baseline: settings_of.Baseline,
        *,
        management: bool = False,
    ) -> None:
        args: OversightArgs = {"account_id": account_id, "management": management}
        contacts: dict[str, AlternateContactArgs] = {
            kind: _contact(each) for kind, each in baseline.contacts.given().items()
        }
        if contacts:
            args["contacts"] = contacts
        if baseline.budget.enabled and baseline.budget.amount is not None:
            # AWS cannot rename a budget, so its name keeps the account's former key.
            key = None if management else self._stack.accounts[name].formerly or name
            called = naming.budget(self._stack.name, key)
            args["budget"] = _budget(self._stack, called, baseline.budget)
        if contacts or "budget" in args:
            Oversight(f"{name}-oversight", args)


def _contact(contact: settings_of.Contact) -> AlternateContactArgs:
    return {
        "name": contact.name,
        "title": contact.title,
        "email": contact.email,
        "phone": contact.phone,
    }


def _budget(stack: Stack, name: str, budget: settings_of.Budget) -> BudgetArgs:
    args: BudgetArgs = {
        "name": name,
        "amount": f"{budget.amount:g}" if budget.amount else "",
        "currency": budget.currency or ("CNY" if stack.partition == "aws-cn" else "USD"),
        "actual": list(budget.actual),
        "forecast": list(budget.forecast),
        "actual_amounts": list(budget.actual_amounts),
        "forecast_amounts": list(budget.forecast_amounts),
        "notify": list(budget.notify),
    }
    if budget.topic is not None:
        args["topic_arn"] = budget.topic
    return args


def _arguments(stack: Stack, baseline: settings_of.Baseline) -> BaselineArgs:
    args = dict(_parts(baseline))
    keys = {r: key for r, key in baseline.volume_keys.items() if r in stack.regions}
    if baseline.encrypt_volumes and keys:
        args["volume_keys"] = keys
    return cast(BaselineArgs, {"regions": list(stack.regions), **args})


def _parts(baseline: settings_of.Baseline) -> Iterator[tuple[str, Any]]:
    passwords = baseline.password_policy
    if passwords.enabled:
        yield (
            "password_policy",
            {
                "minimum_length": passwords.minimum_length,
                "remembered": passwords.remembered,
                "max_age_days": passwords.max_age_days,
                "hard_expiry": passwords.hard_expiry,
            },
        )
    yield "block_public_buckets", baseline.block_public_buckets
    yield "encrypt_volumes", baseline.encrypt_volumes
    yield "block_public_snapshots", baseline.block_public_snapshots
    yield "block_public_images", baseline.block_public_images
    yield "require_imdsv2", baseline.require_imdsv2
    if baseline.metadata_hops is not None:
        yield "metadata_hops", baseline.metadata_hops
    yield "access_analyzer", bool(baseline.access_analyzer)
