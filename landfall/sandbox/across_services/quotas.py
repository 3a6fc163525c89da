"""AWS's quotas as of 2026-11-23, each with its source; a server option overrides any of them.

`--quota organizations.accounts=10` on the server's command line, or `LANDFALL_QUOTAS` in its
environment (`name=value` parts separated by commas), sets one. Values are the defaults of a new
account, except `organizations.accounts`: AWS's default is 10, too few to rehearse a landing zone,
so the sandbox behaves as after a quota increase to 50. `landfall:quotas` of the stack file that the
sandbox serves precedes them, and what AWS reported of a twin's organization precedes that.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from landfall.aws.quotas import QUOTAS

VARIABLE: Final = "LANDFALL_QUOTAS"

_ORGANIZATIONS = "Organizations User Guide, 'Quotas and service limits for AWS Organizations'"
_IAM = "IAM User Guide, 'IAM and AWS STS quotas'"
_SSO = "IAM Identity Center User Guide, 'IAM Identity Center quotas'"
_PIPELINE = "CodePipeline User Guide, 'Quotas in AWS CodePipeline'"
_BUILD = "CodeBuild User Guide, 'Quotas for AWS CodeBuild'"
_COMMIT = "CodeCommit User Guide, 'Quotas in AWS CodeCommit'"
_DEPLOY = "CodeDeploy User Guide, 'CodeDeploy quotas'"


@dataclass(frozen=True, slots=True)
class Quota:
    """A quota and its AWS document; `setting` is its name in `landfall:quotas`."""

    value: int
    source: str
    setting: str = ""


def _of_aws(name: str, source: str) -> Quota:
    """Return a quota with the value that settings are checked against, too."""
    return Quota(QUOTAS[name].value, source, name)


TABLE: Mapping[str, Quota] = {
    "organizations.accounts": Quota(50, f"{_ORGANIZATIONS}; 10 before an increase", "accounts"),
    "organizations.creations_at_once": Quota(5, _ORGANIZATIONS),
    "organizations.creation_seconds": Quota(
        0, f"{_ORGANIZATIONS}: an account takes minutes; 0 is as short as the sandbox can"
    ),
    "organizations.activation_seconds": Quota(
        0, f"{_ORGANIZATIONS}: until the role of a new account can be assumed; minutes on AWS"
    ),
    "organizations.subscription_seconds": Quota(
        0, f"{_ORGANIZATIONS}: then, until EC2 and CloudFormation take calls; minutes on AWS"
    ),
    "account.region_seconds": Quota(
        0, "Account Management Reference Guide, 'Enable or disable AWS Regions': minutes to hours"
    ),
    "organizations.closure_seconds": Quota(
        0, f"{_ORGANIZATIONS}: an account takes minutes; 0 is as short as the sandbox can"
    ),
    "organizations.closures_at_once": _of_aws("accountClosuresAtOnce", _ORGANIZATIONS),
    "organizations.closures": _of_aws("accountClosures", f"{_ORGANIZATIONS}; in 30 days"),
    "organizations.closures_percent": _of_aws(
        "accountClosuresPercent", f"{_ORGANIZATIONS}; of the accounts, in 30 days"
    ),
    "organizations.closures_most": _of_aws("accountClosuresMost", f"{_ORGANIZATIONS}; in 30 days"),
    "organizations.days_before_leaving": Quota(
        7, "Organizations User Guide, 'Leave an organization from a member account'"
    ),
    "organizations.units": _of_aws("units", _ORGANIZATIONS),
    "organizations.unit_depth": _of_aws("unitDepth", _ORGANIZATIONS),
    "organizations.policies": Quota(10_000, _ORGANIZATIONS),
    "organizations.size.SERVICE_CONTROL_POLICY": _of_aws(
        "serviceControlPolicySize", f"{_ORGANIZATIONS}, 2026-05-15"
    ),
    "organizations.size.RESOURCE_CONTROL_POLICY": _of_aws(
        "resourceControlPolicySize", _ORGANIZATIONS
    ),
    "organizations.size.AISERVICES_OPT_OUT_POLICY": _of_aws(
        "aiServicesOptOutPolicySize", _ORGANIZATIONS
    ),
    "organizations.size.BACKUP_POLICY": _of_aws("backupPolicySize", _ORGANIZATIONS),
    "organizations.size.TAG_POLICY": _of_aws("tagPolicySize", _ORGANIZATIONS),
    "organizations.size.CHATBOT_POLICY": _of_aws("chatbotPolicySize", _ORGANIZATIONS),
    "organizations.size.DECLARATIVE_POLICY_EC2": _of_aws("declarativePolicySize", _ORGANIZATIONS),
    "organizations.attached.SERVICE_CONTROL_POLICY": _of_aws(
        "serviceControlPoliciesPerTarget", f"{_ORGANIZATIONS}, 2026-05-15"
    ),
    "organizations.attached.RESOURCE_CONTROL_POLICY": _of_aws(
        "resourceControlPoliciesPerTarget", _ORGANIZATIONS
    ),
    "organizations.attached.AISERVICES_OPT_OUT_POLICY": _of_aws(
        "aiServicesOptOutPoliciesPerTarget", _ORGANIZATIONS
    ),
    "organizations.attached.BACKUP_POLICY": _of_aws("backupPoliciesPerTarget", _ORGANIZATIONS),
    "organizations.attached.TAG_POLICY": _of_aws("tagPoliciesPerTarget", _ORGANIZATIONS),
    "organizations.attached.CHATBOT_POLICY": _of_aws("chatbotPoliciesPerTarget", _ORGANIZATIONS),
    "organizations.attached.DECLARATIVE_POLICY_EC2": _of_aws(
        "declarativePoliciesPerTarget", _ORGANIZATIONS
    ),
    **{
        f"organizations.{part}.{kind}_POLICY": _of_aws(f"{name}{of_aws}", source)
        for kind, name, source in (
            ("SECURITYHUB", "securityHub", _ORGANIZATIONS),
            ("INSPECTOR", "inspector", f"{_ORGANIZATIONS}, not listed there"),
            ("UPGRADE_ROLLOUT", "upgradeRollout", f"{_ORGANIZATIONS}, not listed there"),
            ("BEDROCK", "bedrock", f"{_ORGANIZATIONS}, not listed there"),
            ("S3", "s3", f"{_ORGANIZATIONS}, not listed there"),
        )
        for part, of_aws in (("size", "PolicySize"), ("attached", "PoliciesPerTarget"))
    },
    "config.conformance_packs": _of_aws(
        "conformancePacks", "AWS Config Developer Guide, 'Service Limits'"
    ),
    "service_quotas.approval_seconds": Quota(
        0, "Service Quotas User Guide, 'Requesting a quota increase': minutes to days"
    ),
    "sso.permission_sets": _of_aws("permissionSets", _SSO),
    "sso.inline_policy_size": _of_aws("permissionSetPolicySize", f"{_SSO}; bytes"),
    "iam.managed_policy_size": _of_aws("managedPolicySize", f"{_IAM}; without white space"),
    "iam.role_policies_size": _of_aws(
        "rolePoliciesSize", f"{_IAM}; all inline policies, without white space"
    ),
    "iam.user_policies_size": Quota(2_048, f"{_IAM}; all inline policies, without white space"),
    "iam.group_policies_size": Quota(5_120, f"{_IAM}; all inline policies, without white space"),
    "iam.trust_policy_size": _of_aws("trustPolicySize", _IAM),
    "iam.managed_policies_per_role": _of_aws("managedPoliciesPerRole", _IAM),
    "iam.managed_policies_per_user": Quota(10, _IAM),
    "iam.policy_versions": Quota(5, _IAM),
    "iam.roles": Quota(1_000, _IAM),
    "codepipeline.pipelines": Quota(1_000, _PIPELINE),
    "codepipeline.stages": _of_aws("stagesPerPipeline", _PIPELINE),
    "codepipeline.actions_per_stage": _of_aws("actionsPerStage", _PIPELINE),
    "codepipeline.actions_per_pipeline": Quota(500, _PIPELINE),
    "codepipeline.triggers": Quota(50, _PIPELINE),
    "codepipeline.filters_per_trigger": _of_aws("filtersPerTrigger", _PIPELINE),
    "codepipeline.patterns_per_filter": _of_aws("patternsPerFilter", _PIPELINE),
    "codepipeline.conditions_per_list": Quota(1, _PIPELINE),
    "codepipeline.rules_per_condition": _of_aws("rulesPerCondition", _PIPELINE),
    "codebuild.running_builds": _of_aws("concurrentBuilds", f"{_BUILD}; of each compute type"),
    "codebuild.queued_builds": Quota(
        0, f"{_BUILD}: a new account queues none; later five times the builds that may run"
    ),
    "codecommit.approval_pool_members": _of_aws("approvalPoolMembers", _COMMIT),
    "codecommit.templates_per_repository": Quota(25, _COMMIT),
    "codedeploy.alarms_per_group": _of_aws("alarmsPerDeploymentGroup", _DEPLOY),
}

_overrides: dict[str, int] = {}
_of_stack: dict[str, int] = {}
_reported: dict[str, int] = {}
_held: dict[str, int] = {}


def quota(name: str) -> int:
    """Return the effective value; raises KeyError for an unknown quota."""
    found = TABLE[name]
    if name in _overrides:
        return _overrides[name]
    if found.setting in _reported:
        return _reported[found.setting]
    return max(_of_stack.get(found.setting, found.value), _held.get(name, 0))


def of_stack(values: Mapping[str, int]) -> None:
    """Set the quotas that AWS raised for a stack, by their names in `landfall:quotas`."""
    _of_stack.clear()
    _of_stack.update(values)


def of_twin(reported: Mapping[str, int], held: Mapping[str, int]) -> None:
    """Set the quotas of a real organization, of which this sandbox is the twin.

    `reported` are those that AWS told, by their names in `landfall:quotas`; they precede the stack
    file. `held` are the least that AWS must allow, by quota, because so many exist.
    """
    _reported.clear()
    _reported.update(reported)
    _held.clear()
    _held.update(held)


def override(settings: Iterable[str]) -> None:
    """Set quotas from `name=value` texts; raises ValueError for the first invalid one."""
    _overrides.update(read(settings))


def in_environment() -> list[str]:
    """Return the `name=value` texts of `LANDFALL_QUOTAS`."""
    return [part for part in os.environ.get(VARIABLE, "").split(",") if part.strip()]


def read(settings: Iterable[str]) -> dict[str, int]:
    """Return quotas from `name=value` texts; raises ValueError for the first invalid one."""
    found: dict[str, int] = {}
    for setting in settings:
        name, equals, value = setting.strip().partition("=")
        if name not in TABLE:
            near = get_close_matches(name, TABLE, n=1)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(sorted(TABLE))}"
            raise ValueError(f"there is no quota {name!r}; {hint}")
        if not equals or not value.isascii() or not value.isdecimal():
            raise ValueError(f"{setting!r} has no number; write {name}=NUMBER")
        found[name] = int(value)
    return found
