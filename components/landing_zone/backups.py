"""What backup policies need in the accounts of a stack, and then the policies' attachments.

AWS creates the plans of a policy in an account when it attaches the policy. The role of a plan must
exist before.
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_backup_syntax.html
"""

import pulumi
import pulumi_aws as aws

from components.backups import Backups, BackupsArgs
from components.landing_zone import policies
from components.landing_zone.foundation import Foundation
from landfall.settings import Stack, backup_plans, naming

_MANAGEMENT = "management"


def back_up(stack: Stack, foundation: Foundation) -> None:
    """Create vaults, keys, roles and opted-in services, then attach the backup policies."""
    made: list[pulumi.Resource] = []
    for account, needs in backup_plans.needs(stack).items():
        management = account == naming.MANAGEMENT
        args: BackupsArgs = {
            "account_id": foundation.organization.management_account_id
            if management
            else foundation.accounts[account].account_id,
            "region": stack.region,
            "partition": stack.partition,
            "vault_name": naming.BACKUP_VAULT,
            "vault_regions": list(needs.vaults),
            "role": needs.role,
            "opted_in_regions": list(needs.opted_in),
        }
        options = (
            pulumi.ResourceOptions(depends_on=[*foundation.enabled])
            if management
            else foundation.in_account(account)
        )
        name = _MANAGEMENT if management else account
        made.append(Backups(f"{name}-backups", args, opts=options))
    if backup_plans.copies_to_other_accounts(stack):
        settings = {"isCrossAccountBackupEnabled": "true"}
        # AWS Backup must have trusted access.
        after = pulumi.ResourceOptions(depends_on=[foundation.organization])
        aws.backup.GlobalSettings("backups", global_settings=settings, opts=after)
    _attach(stack, foundation, made)


def _attach(stack: Stack, foundation: Foundation, after: list[pulumi.Resource]) -> None:
    organization = foundation.organization
    for key, target, import_id in policies.backups_of_targets(stack):
        organization.attach(key, target, import_id, after)
    for name, account in foundation.accounts.items():
        for key, attached in policies.backups_of_account(stack, organization, name):
            aws.organizations.PolicyAttachment(
                f"{name}/{key}",
                policy_id=attached["policy_id"],
                target_id=account.account_id,
                opts=pulumi.ResourceOptions(
                    parent=account, import_=attached.get("import_id"), depends_on=after
                ),
            )
