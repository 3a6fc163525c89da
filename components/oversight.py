"""Alternate contacts and a budget of an account, managed by the management account.

Both are outside the account, so they do not depend on its roles or
guardrails, and they work for accounts without other resources.
"""

from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

ACTUAL, FORECAST = "ACTUAL", "FORECASTED"


class AlternateContactArgs(TypedDict):
    """An alternate contact, in addition to the root user."""

    name: str
    """Who it is."""
    title: str
    """What they are."""
    email: str
    """Where AWS writes to."""
    phone: str
    """Where AWS calls."""


class BudgetArgs(TypedDict):
    """A monthly budget of an account."""

    name: str
    """The budget's name, unique in the management account."""
    amount: str
    """The limit, as a decimal number."""
    currency: str
    """The currency of the bill, as in `USD`."""
    actual: list[int]
    """Percentages of the limit at which actual costs trigger an alert."""
    forecast: list[int]
    """Percentages of the limit at which AWS's forecast triggers an alert."""
    actual_amounts: NotRequired[list[float]]
    """Amounts at which actual costs trigger an alert."""
    forecast_amounts: NotRequired[list[float]]
    """Amounts at which AWS's forecast triggers an alert."""
    notify: list[str]
    """E-mail addresses to notify."""
    topic_arn: NotRequired[str]
    """The topic to notify; its policy must let AWS Budgets publish."""


class OversightArgs(TypedDict):
    """The arguments for one account."""

    account_id: pulumi.Input[str]
    """The account."""
    management: NotRequired[bool]
    """Whether it is the management account itself."""
    contacts: NotRequired[dict[str, AlternateContactArgs]]
    """By `security`, `billing` and `operations`."""
    budget: NotRequired[BudgetArgs]
    """The budget."""


class Oversight(pulumi.ComponentResource):
    """The contacts and budget of one account, with the management account's provider."""

    def __init__(
        self, name: str, args: OversightArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("landfall:account:Oversight", name, None, opts)
        for kind, contact in args.get("contacts", {}).items():
            aws.account.AlternativeContact(
                f"{name}-{kind}",
                # The management account must not pass its own id.
                account_id=None if args.get("management") else args["account_id"],
                alternate_contact_type=kind.upper(),
                name=contact["name"],
                title=contact["title"],
                email_address=contact["email"],
                phone_number=contact["phone"],
                opts=pulumi.ResourceOptions(parent=self),
            )
        if "budget" in args:
            self._budget(name, args["account_id"], args["budget"])
        self.register_outputs({})

    def _budget(self, name: str, account_id: pulumi.Input[str], args: BudgetArgs) -> None:
        told: list[tuple[str, float, str]] = []
        for kind, percentages, amounts in (
            (ACTUAL, args["actual"], args.get("actual_amounts", [])),
            (FORECAST, args["forecast"], args.get("forecast_amounts", [])),
        ):
            told += [(kind, percent, "PERCENTAGE") for percent in percentages]
            told += [(kind, amount, "ABSOLUTE_VALUE") for amount in amounts]
        topics = [args["topic_arn"]] if "topic_arn" in args else None
        aws.budgets.Budget(
            f"{name}-budget",
            name=args["name"],
            budget_type="COST",
            limit_amount=args["amount"],
            limit_unit=args["currency"],
            time_unit="MONTHLY",
            cost_filters=[
                aws.budgets.BudgetCostFilterArgs(name="LinkedAccount", values=[account_id])
            ],
            notifications=[
                aws.budgets.BudgetNotificationArgs(
                    notification_type=kind,
                    comparison_operator="GREATER_THAN",
                    threshold=threshold,
                    threshold_type=unit,
                    subscriber_email_addresses=args["notify"],
                    subscriber_sns_topic_arns=topics,
                )
                for kind, threshold, unit in told
            ],
            opts=pulumi.ResourceOptions(parent=self),
        )
