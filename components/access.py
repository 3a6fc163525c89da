"""A role in one account that named roles of other accounts, or named CI jobs, may assume.

Grants no administrator access by itself: what it may do is the caller's `managed_policy_arns` and
`policy`. Who may assume it is always a list of exact roles inside the organization, and of exact
tokens of an OIDC provider.
"""

from collections.abc import Iterator
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.documents import accounts_of, document, exactly, statement


class FederatedPrincipalArgs(TypedDict):
    """Tokens of one OIDC provider."""

    provider_arn: pulumi.Input[str]
    """The ARN of the provider, in the role's own account."""
    host: str
    """The issuer's URL without its scheme."""
    audience: str
    """The `aud` that tokens must have."""
    subjects: list[str]
    """The `sub` that tokens may have; `*` and `?` stand for any characters, and any one."""


class CrossAccountRoleArgs(TypedDict):
    """What makes a cross-account role."""

    role_name: str
    """The role's name, unique in its account."""
    path: NotRequired[str]
    """The role's path, `/landfall/` where it is left out."""
    description: NotRequired[str]
    """What the role is for; shown in the console."""
    organization_id: pulumi.Input[str]
    """The organization (`o-…`) that callers must belong to."""
    trusted_role_arns: list[pulumi.Input[str]]
    """The roles that may assume it, by their exact ARNs."""
    federated: NotRequired[list[FederatedPrincipalArgs]]
    """The tokens with which it may be assumed."""
    require_mfa: NotRequired[bool]
    """Roles that assume it must have signed in with a second factor."""
    external_id: NotRequired[pulumi.Input[str]]
    """The value of `sts:ExternalId` that callers must present."""
    managed_policy_arns: NotRequired[list[pulumi.Input[str]]]
    """Managed policies attached to it."""
    policy: NotRequired[pulumi.Input[str]]
    """An inline policy document, JSON."""
    permissions_boundary: NotRequired[pulumi.Input[str]]
    """The ARN of the policy that bounds it."""
    session_hours: NotRequired[int]
    """The longest session, 1 to 12 hours."""
    adopt: NotRequired[bool]
    """The role exists already, with all that is said here, and is taken over."""


class CrossAccountRole(pulumi.ComponentResource):
    """An IAM role trusted by exact roles of the organization."""

    role_arn: pulumi.Output[str]
    role_name: pulumi.Output[str]

    def __init__(
        self, name: str, args: CrossAccountRoleArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("landfall:access:CrossAccountRole", name, None, opts)
        role_name = args["role_name"]
        adopt = args.get("adopt", False)

        def child(import_id: str, *, protect: bool = False) -> pulumi.ResourceOptions:
            taken_over = import_id if adopt else None
            return pulumi.ResourceOptions(parent=self, import_=taken_over, protect=protect)

        role = aws.iam.Role(
            name,
            name=role_name,
            path=args.get("path", "/landfall/"),
            description=args.get("description"),
            assume_role_policy=document(list(_trust(args))),
            permissions_boundary=args.get("permissions_boundary"),
            max_session_duration=args.get("session_hours", 1) * 3600,
            opts=child(role_name, protect=adopt),
        )
        policy = args.get("policy")
        if policy is not None:
            aws.iam.RolePolicy(
                name,
                name=role_name,
                role=role.name,
                policy=policy,
                opts=child(f"{role_name}:{role_name}"),
            )
        for position, arn in enumerate(args.get("managed_policy_arns", [])):
            key = arn.rsplit("/", 1)[-1] if isinstance(arn, str) else str(position)
            aws.iam.RolePolicyAttachment(
                f"{name}-{key}", role=role.name, policy_arn=arn, opts=child(f"{role_name}/{arn}")
            )
        self.role_arn = role.arn
        self.role_name = role.name
        self.register_outputs({"role_arn": self.role_arn, "role_name": self.role_name})


def _trust(args: CrossAccountRoleArgs) -> Iterator[dict[str, Any]]:
    if args["trusted_role_arns"]:
        yield _roles(args)
    for position, trusted in enumerate(args.get("federated", [])):
        yield _tokens(f"Tokens{position + 1}", trusted)


def _tokens(sid: str, trusted: FederatedPrincipalArgs) -> dict[str, Any]:
    """Return the statement for tokens of one provider.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html
    """
    host = trusted["host"]
    conditions: dict[str, dict[str, Any]] = {"StringEquals": {f"{host}:aud": trusted["audience"]}}
    patterns = any(set("*?") & set(subject) for subject in trusted["subjects"])
    operator = "StringLike" if patterns else "StringEquals"
    conditions.setdefault(operator, {})[f"{host}:sub"] = trusted["subjects"]
    return statement(
        sid,
        actions=["sts:AssumeRoleWithWebIdentity"],
        principals={"Federated": trusted["provider_arn"]},
        conditions=conditions,
    )


def _roles(args: CrossAccountRoleArgs) -> dict[str, Any]:
    conditions: dict[str, dict[str, Any]] = exactly(
        args["trusted_role_arns"], args["organization_id"]
    )
    if args.get("require_mfa"):
        conditions["Bool"] = {"aws:MultiFactorAuthPresent": "true"}
    if "external_id" in args:
        conditions["StringEquals"]["sts:ExternalId"] = args["external_id"]
    return statement(
        "ExactRolesOfTheOrganization",
        actions=["sts:AssumeRole"],
        principals={"AWS": accounts_of(args["trusted_role_arns"])},
        conditions=conditions,
    )
