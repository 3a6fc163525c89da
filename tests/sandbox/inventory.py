"""Resources of a stack in AWS, counted by identity: a duplicate has a count of two."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.sandbox.conftest import Project

POLICY_TYPES = ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY")


def of(project: Project) -> Counter[str]:
    """Return how often each resource of the organization and its accounts exists in AWS.

    Identities hold no generated ids, so that two builds of one stack have the same inventory.
    """
    organizations = project.aws("organizations")
    (root,) = organizations.list_roots()["Roots"]
    found = Counter(_units(organizations, root["Id"], "Root"))
    accounts = organizations.list_accounts()["Accounts"]
    found.update(f"account {account['Email']}" for account in accounts)
    for kind in POLICY_TYPES:
        for policy in organizations.list_policies(Filter=kind)["Policies"]:
            targets = organizations.list_targets_for_policy(PolicyId=policy["Id"])["Targets"]
            names = sorted(target["Name"] for target in targets)
            found[f"policy {policy['Name']} on {', '.join(names)}"] += 1
    management = project.aws("sts").get_caller_identity()["Account"]
    for budget in project.aws("budgets").describe_budgets(AccountId=management)["Budgets"]:
        found[f"budget {budget['BudgetName']}"] += 1
    for account in accounts:
        member = None if account["Id"] == management else account["Id"]
        what = _in_account(project, member, account["Id"])
        found.update(f"{each} in {account['Name']}" for each in what)
    return found


def _units(organizations: Any, parent: str, path: str) -> Iterator[str]:
    pages = organizations.get_paginator("list_organizational_units_for_parent")
    for page in pages.paginate(ParentId=parent):
        for unit in page["OrganizationalUnits"]:
            yield f"unit {path}/{unit['Name']}"
            yield from _units(organizations, unit["Id"], f"{path}/{unit['Name']}")


def _in_account(project: Project, member: str | None, account: str) -> Iterator[str]:
    """Yield the resources of an account, by names without its id."""

    def listed(service: str, operation: str, key: str, **arguments: Any) -> Iterator[Any]:
        client = project.aws(service, member)
        for page in client.get_paginator(operation).paginate(**arguments):
            yield from page[key]

    for role in listed("iam", "list_roles", "Roles"):
        yield f"role {role['RoleName']}"
    for policy in listed("iam", "list_policies", "Policies", Scope="Local"):
        yield f"iam policy {policy['PolicyName']}"
    for bucket in project.aws("s3", member).list_buckets()["Buckets"]:
        yield f"bucket {bucket['Name'].replace(account, 'ACCOUNT')}"
    kms = project.aws("kms", member)
    for key in listed("kms", "list_keys", "Keys"):
        described = kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]
        if described["KeyState"] == "Enabled" and described["KeyManager"] == "CUSTOMER":
            yield f"key {described['Description'].replace(account, 'ACCOUNT')}"
    for alias in listed("kms", "list_aliases", "Aliases"):
        yield f"alias {alias['AliasName']}"
    for group in listed("logs", "describe_log_groups", "logGroups"):
        yield f"log group {group['logGroupName']}"
    for topic in listed("sns", "list_topics", "Topics"):
        yield f"topic {topic['TopicArn'].rpartition(':')[2]}"
    for subscription in listed("sns", "list_subscriptions", "Subscriptions"):
        topic = subscription["TopicArn"].rpartition(":")[2]
        yield f"subscription of {topic} to {subscription['Endpoint']}"
    for project_name in listed("codebuild", "list_projects", "projects"):
        yield f"build project {project_name}"
    for pipeline in listed("codepipeline", "list_pipelines", "pipelines"):
        yield f"pipeline {pipeline['name']}"
    for rule in project.aws("events", member).list_rules()["Rules"]:
        yield f"event rule {rule['Name']}"
    for analyzer in listed("accessanalyzer", "list_analyzers", "analyzers"):
        yield f"analyzer {analyzer['name']}"
