"""The organization, its tree of organizational units, and the policies attached to them.

Does not create accounts: `components.account` does. In mode `adopt`, nothing existing is replaced
or removed: imports are always protected and retained.
"""

from collections.abc import Sequence
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

ROOT = "Root"


class OrganizationalUnitArgs(TypedDict):
    """One organizational unit of the tree."""

    path: str
    """Its names from the root down, joined by `/`, as in `Workloads/Dev`."""
    name: NotRequired[str]
    """The name in the organization. Default: the last part of the path."""
    import_id: NotRequired[str]
    """The id of an existing unit (`ou-…`) to adopt."""
    external: NotRequired[bool]
    """The unit is managed elsewhere: only its id, `import_id`, is used."""
    tags: NotRequired[dict[str, str]]
    """Tags of the unit."""


class OrganizationPolicyArgs(TypedDict):
    """One policy and its targets."""

    key: NotRequired[str]
    """The logical name. Default: `name`."""
    name: str
    """The policy's name, unique in the organization."""
    type: str
    """AWS's policy type, as in `SERVICE_CONTROL_POLICY`."""
    description: NotRequired[str]
    """What it is for."""
    content: pulumi.Input[str]
    """The policy document, JSON."""
    targets: list[str]
    """Paths of units, or `Root`."""
    import_id: NotRequired[str]
    """The id of an existing policy (`p-…`) to adopt."""
    attachment_ids: NotRequired[dict[str, str]]
    """The import ids (`TARGET:POLICY`) of existing attachments, by target."""
    tags: NotRequired[dict[str, str]]
    """Tags of the policy."""


class OrganizationArgs(TypedDict):
    """The arguments of the organization."""

    mode: NotRequired[str]
    """`create` creates an organization; `adopt` adopts the one with `import_id`."""
    import_id: NotRequired[str]
    """The existing organization's id (`o-…`), for `adopt`."""
    parent_id: NotRequired[str]
    """The parent unit of this stack's units; the organization is then only read."""
    trusted_services: NotRequired[list[str]]
    """Services with trusted access. With `adopt`, in addition to the enabled ones."""
    policy_types: NotRequired[list[str]]
    """Policy types to enable. With `adopt`, in addition to the enabled ones."""
    units: NotRequired[list[OrganizationalUnitArgs]]
    """The tree, parents before children."""
    policies: NotRequired[list[OrganizationPolicyArgs]]
    """Policies to create and attach."""
    central_root_access: NotRequired[bool]
    """Manage root credentials of member accounts, and open root sessions, in this account."""


class Organization(pulumi.ComponentResource):
    """An AWS organization with all features, its units and their policies."""

    organization_id: pulumi.Output[str]
    root_id: pulumi.Output[str]
    management_account_id: pulumi.Output[str]
    unit_ids: pulumi.Output[dict[str, str]]

    def __init__(
        self,
        name: str,
        args: OrganizationArgs,
        opts: pulumi.ResourceOptions | None = None,
        *,
        hooks: pulumi.ResourceHookBinding | None = None,
    ) -> None:
        """`hooks` are those of the organization resource; only a Python program can have them."""
        super().__init__("landfall:organization:Organization", name, None, opts)
        self._hooks = hooks
        organization = self._organization(name, args)
        if args.get("central_root_access"):
            aws.iam.OrganizationsFeatures(
                f"{name}-root-access",
                enabled_features=["RootCredentialsManagement", "RootSessions"],
                # Through trusted access.
                opts=pulumi.ResourceOptions(parent=self, depends_on=[organization]),
            )
        self.organization_id = organization.id
        self.management_account_id = organization.master_account_id
        self.management_email = organization.master_account_email
        self.root_id = organization.roots.apply(lambda roots: roots[0].id)
        top: pulumi.Output[str] = (
            pulumi.Output.from_input(args["parent_id"]) if "parent_id" in args else self.root_id
        )
        self.top_id = top
        self.units: dict[str, pulumi.Output[str]] = {}
        for unit in args.get("units", []):
            self.units[unit["path"]] = self._unit(name, unit)
        targets = {ROOT: self.top_id, **self.units}
        self._name, self._targets = name, targets
        self.policies: dict[str, pulumi.Output[str]] = {}
        self._policies: dict[str, aws.organizations.Policy] = {}
        self._guards: dict[str, list[pulumi.Resource]] = {}
        for policy in args.get("policies", []):
            self._policy(name, policy, organization)
        self.unit_ids = pulumi.Output.all(**self.units)
        self.register_outputs(
            {
                "organization_id": self.organization_id,
                "root_id": self.root_id,
                "management_account_id": self.management_account_id,
                "unit_ids": self.unit_ids,
            }
        )

    def guards(self, place: str) -> list[pulumi.Resource]:
        """Return the attachments of policies that apply to a unit's path, or to `Root`."""
        parts = place.split("/")
        above = {"/".join(parts[: n + 1]) for n in range(len(parts))}
        return [each for at in (ROOT, *sorted(above - {ROOT})) for each in self._guards.get(at, ())]

    def attach(
        self,
        key: str,
        target: str,
        import_id: str | None = None,
        after: Sequence[pulumi.Resource] = (),
    ) -> aws.organizations.PolicyAttachment:
        """Attach a policy to a target after other resources exist; only a Python program can."""
        policy = self._policies[key]
        return aws.organizations.PolicyAttachment(
            f"{self._name}/{key}@{target}",
            policy_id=policy.id,
            target_id=self._targets[target],
            opts=pulumi.ResourceOptions(
                parent=policy, import_=import_id, depends_on=list(after) or None
            ),
        )

    def _organization(self, name: str, args: OrganizationArgs) -> aws.organizations.Organization:
        import_id = args.get("import_id")
        child = pulumi.ResourceOptions(parent=self, protect=True)
        if "parent_id" in args:
            return aws.organizations.Organization.get(name, import_id, opts=child)
        services, types = args.get("trusted_services"), args.get("policy_types")
        if args.get("mode", "create") != "adopt":
            child.hooks = self._hooks
            return aws.organizations.Organization(
                name,
                feature_set="ALL",
                aws_service_access_principals=services,
                enabled_policy_types=types,
                opts=child,
            )
        settings: dict[str, Any] = {}
        if services or types:
            # The provider disables what a list lacks, so the lists have what others enabled.
            now = aws.organizations.get_organization_output(
                opts=pulumi.InvokeOutputOptions(parent=self)
            )
            settings = {
                "aws_service_access_principals": _with(now.aws_service_access_principals, services),
                "enabled_policy_types": _with(now.enabled_policy_types, types),
            }
        child = pulumi.ResourceOptions(
            parent=self,
            protect=True,
            import_=import_id,
            retain_on_delete=True,
            hooks=self._hooks,
            # Omitted settings stay unchanged.
            ignore_changes=[] if settings else ["awsServiceAccessPrincipals", "enabledPolicyTypes"],
        )
        return aws.organizations.Organization(name, feature_set="ALL", **settings, opts=child)

    def _unit(self, name: str, args: OrganizationalUnitArgs) -> pulumi.Output[str]:
        parent, _, unit_name = args["path"].rpartition("/")
        if args.get("external"):
            # Through the organization, so that resources in the unit depend on it.
            unit_id = args["import_id"]
            return self.organization_id.apply(lambda _: unit_id)
        unit = aws.organizations.OrganizationalUnit(
            f"{name}/{args['path']}",
            name=args.get("name", unit_name),
            parent_id=self.units[parent] if parent else self.top_id,
            tags=args.get("tags"),
            opts=pulumi.ResourceOptions(
                parent=self, import_=args.get("import_id"), protect="import_id" in args
            ),
        )
        made: pulumi.Output[str] = unit.id
        return made

    def _policy(
        self,
        name: str,
        args: OrganizationPolicyArgs,
        organization: aws.organizations.Organization,
    ) -> None:
        """Create a policy, and attach it to its targets."""
        key = args.get("key", args["name"])
        policy = aws.organizations.Policy(
            f"{name}/{key}",
            name=args["name"],
            type=args["type"],
            description=args.get("description"),
            content=args["content"],
            tags=args.get("tags"),
            opts=pulumi.ResourceOptions(
                parent=self,
                # A policy type must be enabled before a policy of it can be created.
                depends_on=[organization],
                import_=args.get("import_id"),
                protect="import_id" in args,
            ),
        )
        self.policies[key] = policy.id
        self._policies[key] = policy
        imports = args.get("attachment_ids", {})
        for target in args["targets"]:
            attached = self.attach(key, target, imports.get(target))
            self._guards.setdefault(target, []).append(attached)


def _with(enabled: pulumi.Output[Any], wanted: list[str] | None) -> pulumi.Output[list[str]]:
    """Return what is enabled together with what is wanted, in order."""
    return enabled.apply(lambda found: sorted({*(found or ()), *(wanted or ())}))
