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
from components.landing_zone.ground import Ground
from components.landing_zone.referenced import Referenced
from landfall.settings import Stack, backup_plans, naming

_MANAGEMENT = "management"


def back_up(stack: Stack, foundation: Ground) -> None:
    """Create vaults, keys, roles and opted-in services, then attach the backup policies.

    In a stack that is cut, its closing stack attaches the policies.
    """
    made: list[pulumi.Resource] = []
    for account, needs in backup_plans.needs(stack).items():
        management = account == naming.MANAGEMENT
        if not (foundation.part.foundation if management else foundation.holds(account)):
            continue
        args: BackupsArgs = {
            "account_id": foundation.management_account_id
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
    if foundation.part.foundation and (settings := _global_settings(stack)):
        # AWS Backup must have trusted access.
        after = pulumi.ResourceOptions(depends_on=foundation.after)
        aws.backup.GlobalSettings("backups", global_settings=settings, opts=after)
    if isinstance(foundation, Foundation) and foundation.part.closing:
        _attach(stack, foundation, made)
    elif isinstance(foundation, Referenced) and foundation.part.closing:
        _attach_in_closing(stack, foundation)


def _global_settings(stack: Stack) -> dict[str, str]:
    """Return the settings of the organization, without those that stay off.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/API_UpdateGlobalSettings.html
    """
    delegated = stack.organization.delegated_administrators
    settings = {
        "isCrossAccountBackupEnabled": backup_plans.copies_to_other_accounts(stack),
        "isDelegatedAdministratorEnabled": "backup.amazonaws.com" in delegated,
    }
    return {name: "true" for name, is_on in settings.items() if is_on}


def _attach_in_closing(stack: Stack, foundation: Referenced) -> None:
    """Attach the policies to targets by their ids: the slices have created what these need."""
    for key, target, import_id in policies.backups_of_targets(stack):
        aws.organizations.PolicyAttachment(
            f"organization/{key}@{target}",
            policy_id=foundation.policy_id(key),
            target_id=foundation.target_id(target),
            opts=pulumi.ResourceOptions(import_=import_id),
        )
    for name, account in foundation.accounts.items():
        for key, import_id in policies.backups_of_account(stack, name):
            aws.organizations.PolicyAttachment(
                f"{name}/{key}",
                policy_id=foundation.policy_id(key),
                target_id=account.account_id,
                opts=pulumi.ResourceOptions(import_=import_id),
            )


def _attach(stack: Stack, foundation: Foundation, after: list[pulumi.Resource]) -> None:
    organization = foundation.organization
    for key, target, import_id in policies.backups_of_targets(stack):
        organization.attach(key, target, import_id, after)
    for name, account in foundation.accounts.items():
        for key, import_id in policies.backups_of_account(stack, name):
            aws.organizations.PolicyAttachment(
                f"{name}/{key}",
                policy_id=organization.policies[key],
                target_id=account.account_id,
                opts=pulumi.ResourceOptions(parent=account, import_=import_id, depends_on=after),
            )
