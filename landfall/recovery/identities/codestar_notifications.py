"""CodeStar Notifications: notification rules."""

from __future__ import annotations

from landfall.recovery.identities.registry import Client, Inputs, finds, pages


@finds("aws:codestarnotifications/notificationRule:NotificationRule")
def _notification_rule(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    notifications = client("codestar-notifications")
    for each in pages(notifications, "list_notification_rules", "NotificationRules"):
        if notifications.describe_notification_rule(Arn=each["Arn"])["Name"] == inputs["name"]:
            return str(each["Arn"])
    return None
