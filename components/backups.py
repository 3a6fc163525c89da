"""What an account has for the backup plans that backup policies create in it.

Does not create plans: AWS Backup does, from the effective backup policy of the account. The vault
is deleted before its role and its key, and AWS deletes no vault with backups, so backups keep what
manages and decrypts them.
"""

from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.inputs import Inputs
from components.keys import make_key
from components.roles import make_role
from landfall.aws.backup import SERVICES
from landfall.blueprint.backups import backup_key, backup_role


class BackupsArgs(TypedDict):
    """The arguments of an account's backups."""

    account_id: pulumi.Input[str]
    """The account's id."""
    region: str
    """The home region."""
    partition: NotRequired[str]
    """`aws`, `aws-us-gov` or `aws-cn`."""
    vault_name: str
    """The name of the vault in each of its regions."""
    vault_regions: list[str]
    """The regions with a vault."""
    role: bool
    """Create AWS Backup's role."""
    opted_in_regions: list[str]
    """The regions in which AWS Backup may back up every service."""


class Backups(pulumi.ComponentResource):
    """An encrypted vault in each region, AWS Backup's role, and opted-in services."""

    def __init__(
        self, name: str, args: BackupsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("landfall:backups:Backups", name, None, opts)
        self._name, self._args, self._inputs = name, args, Inputs()
        self._child = pulumi.ResourceOptions(parent=self)
        role = self._role() if args["role"] else []
        vaults = {region: self._vault(region, role) for region in args["vault_regions"]}
        for region in args["opted_in_regions"]:
            # Creating the first vault of a region opts in to services too.
            after = [vaults[region]] if region in vaults else []
            self._opt_in(region, after)
        self.register_outputs({})

    def _role(self) -> list[pulumi.Resource]:
        args = self._args
        place = self._inputs.place(args.get("partition", "aws"), args["region"], args["account_id"])
        made = make_role(self._name, backup_role(place), self._inputs, self._child)
        return [made.role, *made.granted]

    def _vault(self, region: str, role: list[pulumi.Resource]) -> aws.backup.Vault:
        args, name = self._args, f"{self._name}-{region}"
        place = self._inputs.place(args.get("partition", "aws"), region, args["account_id"])
        key = make_key(name, backup_key(place), self._inputs, region, self._child)
        return aws.backup.Vault(
            name,
            name=args["vault_name"],
            kms_key_arn=key.arn,
            region=region,
            opts=pulumi.ResourceOptions(parent=self, depends_on=role),
        )

    def _opt_in(self, region: str, after: list[pulumi.Resource]) -> None:
        aws.backup.RegionSettings(
            f"{self._name}-{region}",
            resource_type_opt_in_preference=dict.fromkeys(SERVICES, True),
            region=region,
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=after,
                # AWS returns every service that the region has, also those not listed here.
                ignore_changes=["resourceTypeOptInPreference", "resourceTypeManagementPreference"],
            ),
        )
