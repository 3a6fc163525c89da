"""A role in one account that listed roles of other accounts, or listed CI jobs, may assume.

Has no permissions of its own: the caller sets them with `managed_policy_arns` and
`policy`. It always trusts exact roles inside the organization, and exact
tokens of an OIDC provider.
"""

from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.inputs import Inputs
from landfall.blueprint.roles import Assertions, CrossAccount, Role, Tokens
from landfall.settings import naming


class FederatedPrincipalArgs(TypedDict):
    """Tokens of one OIDC provider."""

    provider_arn: pulumi.Input[str]
    """The ARN of the provider, in the role's own account."""
    host: str
    """The issuer's URL without its scheme."""
    audience: str
    """The required `aud` of tokens."""
    subjects: list[str]
    """The allowed `sub` values of tokens; `*` matches any characters, `?` any one."""


class SamlPrincipalArgs(TypedDict):
    """The users of a SAML provider."""

    provider_arn: pulumi.Input[str]
    """The provider's ARN, in the role's account."""
    audience: str
    """AWS's sign-in page, which assertions must have as their audience."""


class CrossAccountRoleArgs(TypedDict):
    """The arguments of a cross-account role."""

    role_name: str
    """The role's name, unique in its account."""
    path: NotRequired[str]
    """The role's path. Default: `/landfall/`."""
    description: NotRequired[str]
    """The role's description, shown in the console."""
    organization_id: pulumi.Input[str]
    """The organization (`o-…`) that callers must belong to."""
    trusted_role_arns: list[pulumi.Input[str]]
    """The roles that may assume it, by their exact ARNs."""
    services: NotRequired[list[str]]
    """AWS services that may assume it, without domain, as in `ec2`."""
    account_id: NotRequired[pulumi.Input[str]]
    """The role's account, for whose resources `services` act."""
    saml: NotRequired[list[SamlPrincipalArgs]]
    """The users of SAML providers that may assume it."""
    instance_profile: NotRequired[bool]
    """Create an instance profile of the role's name."""
    federated: NotRequired[list[FederatedPrincipalArgs]]
    """The tokens that may assume it."""
    user_arns: NotRequired[list[pulumi.Input[str]]]
    """The IAM users that may assume it with MFA, by their exact ARNs."""
    external_id: NotRequired[pulumi.Input[str]]
    """The value of `sts:ExternalId` that callers must present."""
    managed_policy_arns: NotRequired[list[pulumi.Input[str]]]
    """Managed policies attached to it."""
    policy: NotRequired[pulumi.Input[str]]
    """An inline policy document, JSON."""
    permissions_boundary: NotRequired[pulumi.Input[str]]
    """The ARN of its permissions boundary."""
    session_hours: NotRequired[int]
    """The maximum session duration, 1 to 12 hours."""
    adopt: NotRequired[bool]
    """The role already exists with these properties, and is adopted."""


class CrossAccountRole(pulumi.ComponentResource):
    """An IAM role trusted by exact roles and users of the organization."""

    role_arn: pulumi.Output[str]
    role_name: pulumi.Output[str]

    def __init__(
        self, name: str, args: CrossAccountRoleArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("landfall:access:CrossAccountRole", name, None, opts)
        inputs = Inputs()
        described = _role(args, inputs)
        role_name, adopt = described.name, args.get("adopt", False)

        def child(import_id: str, *, protect: bool = False) -> pulumi.ResourceOptions:
            taken_over = import_id if adopt else None
            return pulumi.ResourceOptions(parent=self, import_=taken_over, protect=protect)

        role = aws.iam.Role(
            name,
            name=role_name,
            path=described.path,
            description=described.description,
            assume_role_policy=inputs.document(described.trust),
            permissions_boundary=args.get("permissions_boundary"),
            max_session_duration=(described.session_hours or 1) * 3600,
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
        if args.get("instance_profile"):
            aws.iam.InstanceProfile(
                name,
                name=role_name,
                path=described.path,
                role=role.name,
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.role_arn = role.arn
        self.role_name = role.name
        self.register_outputs({"role_arn": self.role_arn, "role_name": self.role_name})


def _role(args: CrossAccountRoleArgs, inputs: Inputs) -> Role:
    """Return the role that these arguments describe, without what is rendered unchanged."""
    external_id = args.get("external_id")
    return CrossAccount(
        args["role_name"],
        inputs.text(args["organization_id"]),
        inputs.texts(args["trusted_role_arns"]),
        description=args.get("description"),
        federated=[tokens(each, inputs) for each in args.get("federated", [])],
        services=args.get("services", []),
        saml=[
            Assertions(inputs.text(each["provider_arn"]), each["audience"])
            for each in args.get("saml", [])
        ],
        account_id=inputs.text(args.get("account_id", "")),
        users=inputs.texts(args.get("user_arns", [])),
        external_id=None if external_id is None else inputs.text(external_id),
        session_hours=args.get("session_hours", 1),
        path=args.get("path", f"/{naming.ROLE_PATH}"),
    ).role()


def tokens(args: FederatedPrincipalArgs, inputs: Inputs) -> Tokens:
    """Return the tokens that these arguments describe."""
    return Tokens(
        inputs.text(args["provider_arn"]),
        args["host"],
        args["audience"],
        tuple(args["subjects"]),
    )
