"""Registered policies, settings and names equal those of the blueprint."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest

from landfall import stack_files
from landfall.blueprint.roles import Role
from landfall.blueprint.stack import Blueprint, blueprint
from landfall.blueprint.stack.placed import Kind
from landfall.blueprint.symbols import FINDINGS_KEY, LOG_KEY, found_in, resolved
from landfall.settings import naming
from tests.components.conftest import MANAGEMENT_ID, ORGANIZATION, Registered, account_id
from tests.components.registered import (
    by_text,
    of_type,
    registered_buckets,
    registered_roles,
    registered_sets,
)

ROOT = Path(__file__).parents[2]
STACKS = ["dev", "prod"]
Shipped = Callable[[str], Registered]

# Kind to the type of its resource, and the input that holds its name; None if AWS chooses it.
_TOKENS: dict[Kind, tuple[str, str | None]] = {
    "account-alias": ("aws:iam/accountAlias:AccountAlias", "accountAlias"),
    "alarm": ("aws:cloudwatch/metricAlarm:MetricAlarm", "name"),
    "analyzer": ("aws:accessanalyzer/analyzer:Analyzer", "analyzerName"),
    "approval-association": (
        "aws:codecommit/approvalRuleTemplateAssociation:ApprovalRuleTemplateAssociation",
        "repositoryName",
    ),
    "approval-rule": ("aws:codecommit/approvalRuleTemplate:ApprovalRuleTemplate", "name"),
    "backup-settings": ("aws:backup/regionSettings:RegionSettings", None),
    "backup-vault": ("aws:backup/vault:Vault", "name"),
    "config-aggregator": ("aws:cfg/configurationAggregator:ConfigurationAggregator", "name"),
    "config-recorder": ("aws:cfg/recorder:Recorder", "name"),
    "config-role": ("aws:iam/serviceLinkedRole:ServiceLinkedRole", None),
    "conformance-pack": ("aws:cfg/organizationConformancePack:OrganizationConformancePack", "name"),
    "connection": ("aws:codeconnections/connection:Connection", "name"),
    "dashboard": ("aws:cloudwatch/dashboard:Dashboard", "dashboardName"),
    "deployment-group": ("aws:codedeploy/deploymentGroup:DeploymentGroup", "deploymentGroupName"),
    "detective-graph": ("aws:detective/graph:Graph", None),
    "detector": ("aws:guardduty/detector:Detector", None),
    "event-bus": ("aws:cloudwatch/eventBus:EventBus", "name"),
    "host": ("aws:codeconnections/host:Host", "name"),
    "image-repository": ("aws:ecr/repository:Repository", "name"),
    "inspector": ("aws:inspector2/enabler:Enabler", None),
    "instance-profile": ("aws:iam/instanceProfile:InstanceProfile", "name"),
    "log-group": ("aws:cloudwatch/logGroup:LogGroup", "name"),
    "macie": ("aws:macie2/account:Account", None),
    "metric-filter": ("aws:cloudwatch/logMetricFilter:LogMetricFilter", "logGroupName"),
    "monitoring-link": ("aws:oam/link:Link", None),
    "monitoring-sink": ("aws:oam/sink:Sink", None),
    "notification-rule": ("aws:codestarnotifications/notificationRule:NotificationRule", "name"),
    "oidc-provider": ("aws:iam/openIdConnectProvider:OpenIdConnectProvider", "url"),
    "pipeline": ("aws:codepipeline/pipeline:Pipeline", "name"),
    "project": ("aws:codebuild/project:Project", "name"),
    "report-group": ("aws:codebuild/reportGroup:ReportGroup", "name"),
    "repository": ("aws:codecommit/repository:Repository", "repositoryName"),
    "resource-share": ("aws:ram/resourceShare:ResourceShare", None),
    "rule": ("aws:cloudwatch/eventRule:EventRule", "name"),
    "saml-provider": ("aws:iam/samlProvider:SamlProvider", "name"),
    "sampling-rule": ("aws:xray/samplingRule:SamplingRule", "ruleName"),
    "schedule": ("aws:scheduler/schedule:Schedule", "name"),
    "secret": ("aws:secretsmanager/secret:Secret", "name"),
    "security-hub": ("aws:securityhub/account:Account", None),
    "service-quota": ("aws:servicequotas/serviceQuota:ServiceQuota", "quotaCode"),
    "session-preferences": ("aws:ssm/document:Document", "name"),
    "slack-channel": (
        "aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration",
        "configurationName",
    ),
    "teams-channel": (
        "aws:chatbot/teamsChannelConfiguration:TeamsChannelConfiguration",
        "configurationName",
    ),
    "trace-encryption": ("aws:xray/encryptionConfig:EncryptionConfig", None),
    "trace-group": ("aws:xray/group:Group", "groupName"),
    "vpc-endpoint": ("aws:ec2/vpcEndpoint:VpcEndpoint", None),
}
# None of the shipped stacks has one.
_NOT_SHIPPED = {
    "account-alias",
    "detective-graph",
    "event-bus",
    "inspector",
    "instance-profile",
    "macie",
    "metric-filter",
    "monitoring-link",
    "monitoring-sink",
    "notification-rule",
    "resource-share",
    "saml-provider",
    "service-quota",
    "session-preferences",
    "teams-channel",
    "vpc-endpoint",
}
# They belong to an account as a whole.
_WITHOUT_REGION = {
    "account-alias",
    "config-role",
    "oidc-provider",
    "slack-channel",
    "teams-channel",
    "saml-provider",
}


@cache
def described(stack: str) -> Blueprint:
    """Return the blueprint of a shipped stack."""
    return blueprint(stack_files.load(stack, ROOT))


class Values(dict[str, str]):
    """Return the value of each symbol in the mocks' AWS."""

    def __init__(self, stack: str) -> None:
        super().__init__({"<organization>": ORGANIZATION})
        self._hub = account_id(hub(stack))
        settings = stack_files.load(stack, ROOT)
        self._security = {
            LOG_KEY: (settings.account_with_purpose("log-archive") or "", "logs"),
            FINDINGS_KEY: (settings.account_with_purpose("audit") or "", "findings"),
        }

    def of(self, value: Any) -> Any:
        """Return a value with its symbols resolved."""
        for symbol in found_in(value):
            self[symbol] = self._value(symbol)
        return resolved(value, self)

    def _value(self, symbol: str) -> str:
        kind, _, rest = symbol.strip("<>").partition(" ")
        if kind == "organization":
            return ORGANIZATION
        if kind == "account":
            return MANAGEMENT_ID if rest == naming.MANAGEMENT else account_id(rest)
        if kind == "artifact-key":
            return f"arn:aws:kms:eu-west-1:{self._hub}:key/key-artifacts-{rest}"
        if symbol in (LOG_KEY, FINDINGS_KEY):
            account, name = self._security[symbol]
            return f"arn:aws:kms:eu-west-1:{account_id(account)}:key/key-{name}"
        if kind == "service-key":
            account, region = rest.split()
            name = f"{account}-delivery-{region}"
            return f"arn:aws:kms:eu-west-1:{account_id(account)}:key/key-{name}"
        assert kind == "connection"
        return f"arn:aws:codeconnections:eu-west-1:{self._hub}:connection/{rest}"


def document(statements: Iterable[Any]) -> dict[str, Any]:
    """Return a policy document."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def account_named(account: str) -> str:
    """Return the name of an account as the registered providers have it."""
    return "" if account == naming.MANAGEMENT else account


def as_described(role: Role, values: Values) -> dict[str, Any]:
    """Return a role of the blueprint in the form of `registered_roles`."""
    return {
        "path": role.path,
        "description": role.description or None,
        "trust": values.of(document(role.trust)),
        "hours": role.session_hours,
        "boundary": values.of(role.boundary),
        "managed": sorted(values.of(list(role.managed))),
        "policies": {name: values.of(document(it)) for name, it in role.policies.items()},
    }


def names(registered: Registered, kind: Kind) -> Iterator[tuple[str, str, str]]:
    """Yield the account, the region and the name of each registered resource of a kind."""
    token, key = _TOKENS[kind]
    for each in registered.resources:
        if each.typ == token:
            inputs = dict(each.inputs)
            name = "*" if key is None else inputs[key].removeprefix("https://")
            yield Registered.account_of(each), inputs.get("region", ""), name


def hub(stack: str) -> str:
    """Return the account of a stack's pipelines."""
    found = stack_files.load(stack, ROOT).delivery_account
    assert found is not None
    return found


@pytest.mark.parametrize("stack", STACKS)
def test_roles_registered_equal_those_of_the_blueprint(shipped: Shipped, stack: str) -> None:
    values = Values(stack)
    expected = {
        (account_named(each.account), each.role.name): as_described(each.role, values)
        for each in described(stack).roles
    }
    found = registered_roles(shipped(stack))
    assert sorted(found) == sorted(expected)
    for key, role in expected.items():
        assert found[key] == role, key


@pytest.mark.parametrize("stack", STACKS)
def test_managed_policies_registered_equal_those_of_the_blueprint(
    shipped: Shipped, stack: str
) -> None:
    values = Values(stack)
    expected = {
        (account_named(each.account), each.policy.name): (
            each.policy.path,
            each.policy.description or None,
            values.of(document(each.policy.statements)),
        )
        for each in described(stack).policies
    }
    found = {
        (Registered.account_of(each), each.inputs["name"]): (
            each.inputs["path"],
            each.inputs.get("description") or None,
            json.loads(each.inputs["policy"]),
        )
        for each in shipped(stack).resources
        if each.typ == "aws:iam/policy:Policy"
    }
    assert found == expected


@pytest.mark.parametrize("kind", get_args(Kind))
@pytest.mark.parametrize("stack", STACKS)
def test_names_registered_equal_those_of_the_blueprint(
    shipped: Shipped, stack: str, kind: Kind
) -> None:
    found = Counter(names(shipped(stack), kind))
    expected = Counter(
        (
            account_named(each.account),
            "" if kind in _WITHOUT_REGION else each.region,
            each.name,
        )
        for each in described(stack).resources
        if each.kind == kind
    )
    assert found == expected


def test_each_kind_of_the_blueprint_is_in_a_shipped_stack() -> None:
    kinds = {each.kind for stack in STACKS for each in described(stack).resources}
    assert kinds == set(get_args(Kind)) - _NOT_SHIPPED


@pytest.mark.parametrize("stack", STACKS)
def test_keys_registered_equal_those_of_the_blueprint(shipped: Shipped, stack: str) -> None:
    values, registered = Values(stack), shipped(stack)
    expected = [
        (
            account_named(each.account),
            each.region,
            each.key.alias,
            each.key.description,
            values.of(document(each.key.statements)),
        )
        for each in described(stack).keys
    ]
    aliases = {
        (Registered.account_of(each), each.name): each.inputs["name"].removeprefix("alias/")
        for each in of_type(registered, "aws:kms/alias:Alias")
    }
    found = [
        (
            Registered.account_of(each),
            each.inputs["region"],
            aliases.get((Registered.account_of(each), each.name)),
            each.inputs["description"],
            json.loads(each.inputs["policy"]),
        )
        for each in of_type(registered, "aws:kms/key:Key")
        if each.inputs["enableKeyRotation"]
    ]
    assert by_text(found) == by_text(expected)
    assert expected


@pytest.mark.parametrize("stack", STACKS)
def test_buckets_registered_equal_those_of_the_blueprint(shipped: Shipped, stack: str) -> None:
    values, registered = Values(stack), shipped(stack)
    expected = {
        (account_named(each.account), values.of(each.bucket.name)): {
            "region": each.region,
            "policy": values.of(document(each.bucket.statements)),
            "key": values.of(each.bucket.key_arn),
            "expires": dict.fromkeys(
                each.bucket.lifecycle.prefixes or ("",), each.bucket.lifecycle.expire_days
            )
            if each.bucket.lifecycle.expire_days
            else {},
            "archived": each.bucket.lifecycle.archive_days,
            "locked": None if each.bucket.lock is None else each.bucket.lock.days,
            "logs": each.bucket.logs is not None,
            "destroyed": each.bucket.force_destroy,
            "open": False,
        }
        for each in described(stack).buckets
    }
    assert registered_buckets(registered) == expected
    assert expected


@pytest.mark.parametrize("stack", STACKS)
def test_topics_registered_equal_those_of_the_blueprint(shipped: Shipped, stack: str) -> None:
    values, registered = Values(stack), shipped(stack)
    expected = {
        (account_named(each.account), each.region, each.topic.name): (
            values.of(each.topic.key_arn),
            values.of(document(each.topic.statements)) if each.topic.statements else None,
            sorted(each.topic.emails),
        )
        for each in described(stack).topics
    }
    policies = {
        each.inputs["arn"]: json.loads(each.inputs["policy"])
        for each in of_type(registered, "aws:sns/topicPolicy:TopicPolicy")
    }
    emails: dict[str, list[str]] = {}
    for each in of_type(registered, "aws:sns/topicSubscription:TopicSubscription"):
        emails.setdefault(each.inputs["topic"], []).append(each.inputs["endpoint"])
    found = {}
    for each in of_type(registered, "aws:sns/topic:Topic"):
        account, inputs = Registered.account_of(each), each.inputs
        arn = f"arn:aws:sns:eu-west-1:{account_id(account)}:{inputs['name']}"
        found[account, inputs["region"], inputs["name"]] = (
            inputs["kmsMasterKeyId"],
            policies.get(arn),
            sorted(emails.get(arn, [])),
        )
    assert found == expected
    assert expected


@pytest.mark.parametrize("stack", STACKS)
def test_permission_sets_registered_equal_those_of_the_blueprint(
    shipped: Shipped, stack: str
) -> None:
    expected = {
        each.permission_set.name: {
            "region": each.region,
            "description": each.permission_set.description,
            "hours": f"PT{each.permission_set.session_hours}H",
            "managed": sorted(each.permission_set.managed),
            "own": sorted(each.permission_set.customer_managed),
            "policy": document(each.permission_set.statements)
            if each.permission_set.statements
            else None,
            "boundary": each.permission_set.boundary,
            "given": sorted(
                (f"group-{it.group}", account_id(it.account)) for it in each.permission_set.assigned
            ),
        }
        for each in described(stack).permission_sets
    }
    assert registered_sets(shipped(stack)) == expected
    assert expected


def test_no_symbol_of_a_blueprint_is_left_unresolved(shipped: Shipped) -> None:
    for stack in STACKS:
        for each in registered_roles(shipped(stack)).values():
            assert not list(found_in(each))
