"""A stack that uses every setting with resources in the management account."""

from __future__ import annotations

from typing import Any

_CONTACT = {"name": "A", "title": "B", "email": "a@example.com", "phone": "+49 30 1"}
_KEY = "arn:aws:kms:eu-west-1:999999999999:key/1"
_BUDGET = {
    "enabled": True,
    "amount": 100,
    "currency": "USD",
    "actual": [80],
    "forecast": [100],
    "actualAmounts": [500],
    "forecastAmounts": [1000],
    "notify": ["a@example.com"],
    "topic": "arn:aws:sns:eu-west-1:999999999999:costs",
}
_BASELINE: dict[str, Any] = {
    "enabled": True,
    "passwordPolicy": {
        "enabled": True,
        "minimumLength": 16,
        "remembered": 5,
        "maxAgeDays": 90,
        "hardExpiry": True,
    },
    "blockPublicBuckets": True,
    "encryptVolumes": True,
    "volumeKeys": {"eu-west-1": _KEY},
    "blockPublicSnapshots": True,
    "blockPublicImages": True,
    "requireImdsv2": True,
    "metadataHops": 2,
    "accessAnalyzer": True,
    "contacts": {"security": _CONTACT, "billing": _CONTACT, "operations": _CONTACT},
    "budget": _BUDGET,
    "quotas": {"iam/L-FE177D64": {"value": 2000}},
    "backups": {
        "enabled": True,
        "existingVaults": ["old"],
        "existingRoles": ["old"],
    },
}
_COPIES = {
    "regions": {"@@assign": ["eu-west-1"]},
    "rules": {
        "nightly": {
            "schedule_expression": {"@@assign": "cron(0 3 ? * * *)"},
            "target_backup_vault_name": {"@@assign": "landfall-backups"},
            "copy_actions": {
                "elsewhere": {
                    "target_backup_vault_arn": {
                        "@@assign": "arn:aws:backup:eu-west-1:111122223333:backup-vault:copies"
                    }
                }
            },
        }
    },
    "selections": {
        "tags": {
            "tagged": {
                "iam_role_arn": {"@@assign": "arn:aws:iam::$account:role/landfall/backup"},
                "tag_key": {"@@assign": "backup"},
                "tag_value": {"@@assign": ["true"]},
            }
        }
    },
}
_GUARDED = {"guardrails": ["deny-root-user"], "otherPolicies": {"TAG_POLICY": 1}}

EVERYTHING: dict[str, Any] = {
    "aws:region": "eu-west-1",
    "landfall:organization": {
        "mode": "create",
        "regions": ["eu-west-1", "eu-central-2"],
        "accountRole": "OrganizationAccountAccessRole",
        "centralRootAccess": True,
        "trustedServices": [
            f"{name}.amazonaws.com"
            for name in (
                "access-analyzer",
                "account",
                "auditmanager",
                "cloudtrail",
                "config",
                "config-multiaccountsetup",
                "detective",
                "fms",
                "guardduty",
                "iam",
                "inspector2",
                "macie",
                "ram",
                "securityhub",
                "servicequotas",
                "sso",
            )
        ],
        "policyTypes": ["BACKUP_POLICY", "SERVICE_CONTROL_POLICY", "TAG_POLICY"],
        "quotaTemplate": {"vpc/L-F678F1CE": {"value": 20, "regions": ["eu-west-1"]}},
        "delegatedPolicies": {"BACKUP_POLICY": ["logs"], "TAG_POLICY": ["audit", "logs"]},
        "resourcePolicy": [
            {
                "Sid": "Read",
                "Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
                "Action": "organizations:DescribeOrganization",
                "Resource": "*",
            }
        ],
        "delegatedAdministrators": {"auditmanager.amazonaws.com": ["audit"]},
        "fullAccess": True,
        "alias": "example-management",
        **_GUARDED,
        "guardrails": ["deny-root-user", "copied-backups"],
        "units": {
            "Security": {},
            "Workloads": {
                "name": "Work",
                "tags": {"a": "b"},
                "fullAccess": True,
                "suspended": False,
                "baseline": {"blockPublicImages": False, "sessions": {"enabled": True}},
                "units": {"Dev": {}},
                **_GUARDED,
            },
        },
    },
    "landfall:accounts": {
        "audit": {"email": "audit@example.com", "unit": "Security", "purpose": "audit"},
        "logs": {"email": "logs@example.com", "unit": "Security", "purpose": "log-archive"},
        "orders": {
            "email": "orders@example.com",
            "name": "Orders",
            "unit": "Workloads/Dev",
            "environment": "dev",
            "fullAccess": True,
            "baseline": {"budget": {"amount": 50}},
            "alias": "example-orders",
            "closeOnDeletion": False,
            "tags": {"a": "b"},
            **_GUARDED,
        },
    },
    "landfall:guardrails": {
        "copied-backups": {"type": "BACKUP_POLICY", "document": {"plans": {"copied": _COPIES}}}
    },
    "landfall:baseline": {**_BASELINE, "managementAccount": {"metadataHops": 1}},
    "landfall:access": {
        "oidcProviders": {"github": {"issuer": "github"}},
        "boundaries": {"b": {"statements": [{"actions": "s3:GetObject"}]}},
        "identityCenter": {
            "instance": "ssoins-7223a1b2c3d4e5f6",
            "identityStore": "d-9067a1b2c3",
            "region": "eu-west-1",
            "groups": {"people": {"name": "People", "description": "All"}},
            "users": {"ada": {"id": "93c4e842-1061-70de-d4e8-0a8f5e8a3a1b"}},
            "permissionSets": {
                "look": {
                    "description": "Look",
                    "managedPolicies": ["job-function/ViewOnlyAccess"],
                    "customerManagedPolicies": ["own/look"],
                    "statements": [{"actions": "s3:GetObject"}],
                    "boundary": "b",
                    "sessionHours": 2,
                    "relayState": "https://example.com",
                }
            },
            "assignments": [
                {
                    "group": "people",
                    "permissionSets": "look",
                    "accounts": ["audit"],
                    "units": ["Workloads"],
                },
                {"user": "ada", "permissionSets": "look", "accounts": ["audit"]},
            ],
        },
    },
    "landfall:security": {
        "trail": {
            "enabled": True,
            "insights": ["api-call-rate"],
            "dataEvents": ["AWS::S3::Object"],
            "logGroupDays": 30,
            "alarms": {
                "notify": ["a@example.com"],
                "kinds": ["root-use"],
                "own": {"sign-ins": {"pattern": "{$.eventName = ConsoleLogin}", "threshold": 9}},
            },
        },
        "config": {
            "enabled": True,
            "regions": ["eu-west-1"],
            "frequency": "daily",
            "exceptTypes": ["AWS::EC2::NetworkInterface"],
        },
        "securityHub": {"enabled": True, "regions": ["eu-west-1"]},
        "guardDuty": {"enabled": True, "publish": "one-hour", "regions": ["eu-west-1"]},
        "accessAnalyzer": {"enabled": True},
        "macie": {"enabled": True, "publish": "one-hour", "regions": ["eu-west-1"]},
        "inspector": {"regions": ["eu-west-1"]},
        "detective": {"enabled": True, "regions": ["eu-west-1"]},
        "firewallManager": True,
        "managementAccount": True,
    },
    "landfall:costs": {
        "export": {
            "granularity": "hourly",
            "resources": False,
            "expireDays": 400,
            "readers": [{"account": "audit", "role": "analyst"}],
        },
        "anomalies": {
            "minimum": 50,
            "notify": ["a@example.com"],
            "every": "week",
            "topic": "arn:aws:sns:us-east-1:999999999999:costs",
        },
        "allocationTags": ["team"],
    },
    "landfall:monitoring": {"account": "audit", "regions": ["eu-west-1"], "enabled": True},
    "landfall:sharing": {
        "shares": {"network": {"account": "logs", "units": ["Root", "Workloads"]}},
    },
    "landfall:tags": {"a": "b"},
    "landfall:quotas": {"accounts": 20},
    "landfall:provisioning": {
        "jobs": {
            "provider": "github",
            "read": ["repo:a/b:environment:plan"],
            "apply": ["repo:a/b:environment:prod"],
        },
        "permissions": [{"actions": "s3:GetObject", "resources": "arn:aws:s3:::a/*"}],
        "state": {"account": "logs", "region": "eu-west-1", "bucket": "state-of-it"},
    },
}

ONLY_IN_MEMBERS = {
    "OwnPolicy",
    "SamlProvider",
    "Delivery",
    "Artifacts",
    "LogArchive",
    "Findings",
    "OwnPack",
    "CustomRule",
    "Remediation",
    "ConfigDifference",
    "SecurityHubDifference",
    "GuardDutyDifference",
    "InspectorDifference",
    "Coverage",
    "AccessRole",
    "Boundary",
    "Guardrail",
    "OidcProvider",
    "ConnectionSource",
    "Approval",
    "Adopted",
    "Sessions",
    "SessionEndpoints",
    "Share",
}
"""Models that add no type of resource in the management account, beside those of the catalogue."""

WITHOUT_RESOURCES = {
    "Access.policies": "in member accounts",
    "Access.roles": "in member accounts",
    "Access.saml_providers": "in member accounts",
    "Account.account_role": "the role of an existing account",
    "Account.external": "leaves the account alone",
    "Account.formerly": "an alias in the state",
    "Account.id": "an import",
    "AccessAnalyzer.regions": "in the audit account",
    "AccessAnalyzer.unused_days": "in the audit account",
    "Batch.builds": "in the delivery account",
    "Batch.compute_type": "in the delivery account",
    "Batch.parts": "in the delivery account",
    "Config.accounts": "in member accounts",
    "Config.own_packs": "in the audit account",
    "Config.packs": "in the audit account",
    "Config.units": "in member accounts",
    "CostExport.force_destroy": "whether its bucket is protected in the state",
    "Detective.accounts": "in the audit account",
    "Detective.units": "in the audit account",
    "Fleet.slices": "which Pulumi stack has a resource",
    "Fleet.stacks": "which Pulumi stack has a resource",
    "Fleet.waves": "the order of Pulumi stacks",
    "Group.formerly": "an alias in the state",
    "Group.id": "an existing group, which is not changed",
    "GuardDuty.accounts": "in the audit account",
    "GuardDuty.features": "in the audit account",
    "GuardDuty.units": "in the audit account",
    "Inspector.accounts": "in the audit account",
    "Inspector.scans": "in the audit account",
    "Inspector.units": "in the audit account",
    "Macie.accounts": "in the audit account",
    "Macie.units": "in the audit account",
    "Monitoring.accounts": "in member accounts",
    "Monitoring.management_account": "a link that is there by default",
    "Monitoring.share": "in member accounts",
    "Monitoring.units": "in member accounts",
    "Organization.acting_role": "of a plan's copy",
    "Organization.id": "an import",
    "Organization.parent": "the organization is only read",
    "Provisioning.approval": "in the delivery account",
    "Provisioning.batch": "in the delivery account",
    "Provisioning.branch": "in the delivery account",
    "Provisioning.compute_type": "in the delivery account",
    "Provisioning.drift": "in the delivery account",
    "Provisioning.image": "in the delivery account",
    "Provisioning.notify": "in the delivery account",
    "Provisioning.source": "in the delivery account",
    "Security.findings": "in the audit account",
    "Security.log_archive": "in the log archive account",
    "SecurityHub.accounts": "in the audit account",
    "SecurityHub.disabled_controls": "in the audit account",
    "SecurityHub.standards": "in the audit account",
    "SecurityHub.units": "in the audit account",
    "StackBaseline.sessions": "in member accounts",
    "Stack.accounts_folder": "where accounts are written",
    "Stack.adopted": "imports",
    "Stack.artifacts": "in the delivery account",
    "Stack.delivery": "in member accounts",
    "Stack.fleet": "which Pulumi stack has a resource",
    "Slice.accounts": "which Pulumi stack has a resource",
    "Slice.stacks": "which Pulumi stack has a resource",
    "Slice.units": "which Pulumi stack has a resource",
    "Unit.external": "leaves the unit alone",
    "Unit.formerly": "an alias in the state",
    "Unit.id": "an import",
}
"""Settings that change no resource in the management account, and why."""
