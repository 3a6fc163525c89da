"""CodeCommit: repositories and approval rule templates."""

from __future__ import annotations

from landfall.recovery.identities.registry import Client, Inputs, finds, pages_by_token


@finds("aws:codecommit/repository:Repository")
def _repository(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    name = inputs["repositoryName"]
    client("codecommit").get_repository(repositoryName=name)
    return str(name)


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
