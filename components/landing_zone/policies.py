"""The organization's policies, from a stack's guardrails: packed statements and documents."""

from collections.abc import Iterator

from components.account import AccountPolicyArgs
from components.organization import Organization, OrganizationPolicyArgs
from landfall.guardrails import of_stack
from landfall.guardrails.of_stack import Policy
from landfall.guardrails.statements import RCP, SCP
from landfall.settings import Guardrail, Stack, backup_plans
from landfall.settings.organization_tree import ROOT


def types(stack: Stack) -> list[str]:
    """Return the policy types to enable in an organization that the stack creates."""
    documents = (guardrail.type for _, guardrail in of_stack.documents(stack))
    return sorted({RCP, SCP, *documents, *stack.organization.delegated_policies})


def packed(stack: Stack) -> Iterator[OrganizationPolicyArgs]:
    """Yield the policies packed from statement guardrails; those of accounts unattached."""
    for target, policy in of_stack.policies(stack):
        yield _packed(policy, [target])
    for account in stack.accounts:
        for policy in of_stack.account_policies(stack, account):
            yield _packed(policy, [])


def _packed(policy: Policy, targets: list[str]) -> OrganizationPolicyArgs:
    return OrganizationPolicyArgs(
        name=policy.name,
        type=policy.type,
        description=f"Guardrails: {', '.join(policy.guardrails)}",
        content=policy.content,
        targets=targets,
    )


def of_documents(stack: Stack) -> Iterator[OrganizationPolicyArgs]:
    """Yield the policies of document guardrails, with their attachments.

    Backup policies are attached later: see `backups_of_targets`.
    """
    for key, guardrail in of_stack.documents(stack):
        targets = [] if guardrail.type == backup_plans.POLICY else _targets(stack, key, guardrail)
        args = OrganizationPolicyArgs(
            key=key,
            name=guardrail.name or key,
            type=guardrail.type,
            content=guardrail.content,
            targets=[target for target, _ in targets],
            attachment_ids={target: found for target, found in targets if found},
        )
        if guardrail.description:
            args["description"] = guardrail.description
        if guardrail.id:
            args["import_id"] = guardrail.id
        if guardrail.tags:
            args["tags"] = guardrail.tags
        yield args


def backups_of_targets(stack: Stack) -> Iterator[tuple[str, str, str | None]]:
    """Yield (name, target, import id) of the attachments of backup policies to root and units."""
    for key, guardrail in of_stack.documents(stack):
        if guardrail.type == backup_plans.POLICY:
            yield from ((key, *target) for target in _targets(stack, key, guardrail))


def of_account(
    stack: Stack, organization: Organization, name: str
) -> Iterator[tuple[str, AccountPolicyArgs]]:
    """Yield the policies attached to one account, by name, without backup policies."""
    for policy in of_stack.account_policies(stack, name):
        yield policy.name, {"policy_id": organization.policies[policy.name]}
    for key, import_id in _of_account(stack, name, backups=False):
        attached: AccountPolicyArgs = {"policy_id": organization.policies[key]}
        if import_id:
            attached["import_id"] = import_id
        yield key, attached


def backups_of_account(stack: Stack, name: str) -> Iterator[tuple[str, str | None]]:
    """Yield the backup policies attached to one account, with the ids of existing attachments."""
    yield from _of_account(stack, name, backups=True)


def _targets(stack: Stack, key: str, guardrail: Guardrail) -> list[tuple[str, str | None]]:
    """Return the targets of a policy, each with the import id of an existing attachment."""
    organization, adopted = stack.organization, stack.adopted
    ids = {path: unit.id for path, unit in organization.walk()}
    ids[ROOT] = organization.parent or adopted.root_id()
    return [
        (target, adopted.attachment(guardrail.id, ids[target]))
        for target, names in organization.attached()
        if key in names
    ]


def _of_account(stack: Stack, name: str, *, backups: bool) -> Iterator[tuple[str, str | None]]:
    settings = stack.accounts[name]
    for key, guardrail in of_stack.documents(stack):
        if key in settings.guardrails and (guardrail.type == backup_plans.POLICY) == backups:
            yield key, stack.adopted.attachment(guardrail.id, settings.id)
