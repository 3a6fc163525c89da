"""CodeCommit: content of approval rule templates, and their number for a repository."""

from __future__ import annotations

import json
import re
from typing import Any

from landfall.sandbox.across_services.quotas import quota
from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.registry import limit
from landfall.sandbox.gate.request import Request
from landfall.sandbox.services.codecommit.additions import associated

_VERSION = "2018-11-08"
_MEMBER = re.compile(
    r"arn:aws(-cn|-us-gov)?:(sts::\d{12}:(assumed-role|federated-user)/\S+|iam::\d{12}:user/\S+)"
    r"|CodeCommitApprovers:\d{12}:\S+|\*"
)


class InvalidApprovalRuleTemplateContentError(AWSError):
    """Not a template's content: CodeCommit API Reference, CreateApprovalRuleTemplate."""

    code = "InvalidApprovalRuleTemplateContentException"


class MaximumRuleTemplatesAssociatedError(AWSError):
    """Too many: CodeCommit API Reference, AssociateApprovalRuleTemplateWithRepository."""

    code = "MaximumRuleTemplatesAssociatedWithRepositoryException"


@limit("codecommit", "CreateApprovalRuleTemplate", "UpdateApprovalRuleTemplateContent")
def contents(request: Request) -> None:
    """CodeCommit User Guide, 'Create an approval rule template'."""
    params = request.params
    text = params.get("approvalRuleTemplateContent") or params.get("newRuleContent") or ""
    try:
        content: Any = json.loads(text)
    except ValueError:
        content = None
    if not isinstance(content, dict) or content.get("Version") != _VERSION:
        raise InvalidApprovalRuleTemplateContentError(
            f"The content of an approval rule template must be JSON with Version {_VERSION}."
        )
    for reference in content.get("DestinationReferences", []):
        if not str(reference).startswith("refs/heads/"):
            raise InvalidApprovalRuleTemplateContentError(
                f"Destination reference {reference} must start with refs/heads/."
            )
    statements = content.get("Statements")
    if not isinstance(statements, list) or len(statements) != 1:
        raise InvalidApprovalRuleTemplateContentError("The content must have one statement.")
    _require_statement(statements[0])


def _require_statement(statement: Any) -> None:
    needed = statement.get("NumberOfApprovalsNeeded") if isinstance(statement, dict) else None
    if not isinstance(needed, int) or needed < 1 or statement.get("Type") != "Approvers":
        raise InvalidApprovalRuleTemplateContentError(
            "A statement must be of type Approvers with a NumberOfApprovalsNeeded of 1 or more."
        )
    members = statement.get("ApprovalPoolMembers", [])
    if len(members) > quota("codecommit.approval_pool_members"):
        raise InvalidApprovalRuleTemplateContentError("The approval pool has too many members.")
    for member in members:
        if not _MEMBER.fullmatch(str(member)):
            raise InvalidApprovalRuleTemplateContentError(
                f"Approval pool member {member} is neither an ARN nor CodeCommitApprovers."
            )


@limit("codecommit", "AssociateApprovalRuleTemplateWithRepository")
def associations(request: Request) -> None:
    """CodeCommit User Guide, 'Quotas in AWS CodeCommit': templates of a repository."""
    held = associated(request, request.params["repositoryName"])
    name = request.params["approvalRuleTemplateName"]
    if name not in held and len(held) >= quota("codecommit.templates_per_repository"):
        raise MaximumRuleTemplatesAssociatedError(
            "The maximum number of approval rule templates for a repository has been exceeded."
        )
