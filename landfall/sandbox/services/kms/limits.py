"""KMS: key policies that parse, name who exists, and do not lock their author out."""

from __future__ import annotations

from typing import Any

from landfall.aws.quotas import QUOTAS
from landfall.sandbox.across_services import principals
from landfall.sandbox.across_services.documents import listed, parse, statements
from landfall.sandbox.across_services.trust import applicant_of, trusts
from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.registry import limit
from landfall.sandbox.gate.request import Request

_KEY_POLICY_BYTES = QUOTAS["keyPolicySize"].value


class MalformedPolicyDocumentError(AWSError):
    """The key policy is refused: KMS API Reference, PutKeyPolicy."""

    code = "MalformedPolicyDocumentException"
    status = 400


class LimitExceededError(AWSError):
    """More than 32 KB: KMS Developer Guide, 'Resource quotas'."""

    code = "LimitExceededException"
    status = 400


@limit("kms", "CreateKey", "PutKeyPolicy", "ReplicateKey")
def key_policies(request: Request) -> None:
    """KMS Developer Guide, 'Key policies'; KMS API Reference, CreateKey, lockout safety check."""
    text = request.params.get("Policy")
    if text is None:
        return
    document = parse(text)
    if document is None or not statements(document):
        raise MalformedPolicyDocumentError("The policy is not a valid policy document.")
    if len(text.encode()) > _KEY_POLICY_BYTES:
        raise LimitExceededError("The key policy is larger than 32 KB.")
    if principals.unknown(document):
        raise MalformedPolicyDocumentError(
            "Policy contains a statement with one or more invalid principals."
        )
    if not request.params.get("BypassPolicyLockoutSafetyCheck") and not _keeps(request, document):
        raise MalformedPolicyDocumentError(
            "The new key policy will not allow you to update the key policy in the future."
        )


def _keeps(request: Request, document: dict[str, Any]) -> bool:
    """Return whether the caller may put the next policy; conditions are taken as met."""
    open_statements = [
        {key: value for key, value in statement.items() if key != "Condition"}
        for statement in statements(document)
        if statement.get("Effect") == "Allow" or "Condition" not in statement
    ]
    actions = [each for one in open_statements for each in listed(one.get("Action"))]
    if not actions and not any("NotAction" in one for one in open_statements):
        return False
    return trusts({"Statement": open_statements}, applicant_of(request), "kms:PutKeyPolicy")
