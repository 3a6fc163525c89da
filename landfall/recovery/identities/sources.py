"""Where sources come from: CodeCommit, and connections to other providers."""

from __future__ import annotations

from typing import Any

from landfall.recovery.identities.registry import Client, Inputs, finds, pages_by_token


@finds("aws:codecommit/repository:Repository")
def _repository(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    name = inputs["repositoryName"]
    client("codecommit").get_repository(repositoryName=name)
    return str(name)


@finds("aws:codeconnections/connection:Connection")
def _connection(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    return _connection_arn(client("codeconnections"), inputs["name"])


@finds("aws:codestarconnections/connection:Connection")
def _star_connection(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    return _connection_arn(client("codestar-connections"), inputs["name"])


def _connection_arn(connections: Any, name: str) -> str | None:
    listed = pages_by_token(connections.list_connections, "Connections", "NextToken")
    named = (str(each["ConnectionArn"]) for each in listed if each["ConnectionName"] == name)
    return next(named, None)


@finds("aws:codecommit/approvalRuleTemplate:ApprovalRuleTemplate")
def _approval_rule_template(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    name: str = inputs["name"]
    client("codecommit").get_approval_rule_template(approvalRuleTemplateName=name)
    return name


@finds("aws:codecommit/approvalRuleTemplateAssociation:ApprovalRuleTemplateAssociation")
def _template_association(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    template, repository = inputs["approvalRuleTemplateName"], inputs["repositoryName"]
    names = pages_by_token(
        client("codecommit").list_associated_approval_rule_templates_for_repository,
        "approvalRuleTemplateNames",
        "nextToken",
        repositoryName=repository,
    )
    return f"{template},{repository}" if template in names else None


@finds("aws:codeconnections/host:Host")
def _host(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    listed = pages_by_token(client("codeconnections").list_hosts, "Hosts", "NextToken")
    return next((str(each["HostArn"]) for each in listed if each["Name"] == inputs["name"]), None)
