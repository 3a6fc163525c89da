"""Documents that AWS accepts, by policy type; each uses what AWS's page of the type describes."""

from __future__ import annotations

from typing import Any, Final

Document = dict[str, Any]


def assign(value: Any) -> Document:
    return {"@@assign": value}


NOTHING_BELOW: Final = {"@@operators_allowed_for_child_policies": ["@@none"]}
_ROLE: Final = "arn:aws:iam::$account:role/backup"
_COPY: Final = "arn:aws:backup:eu-central-1:$account:backup-vault:copies"


def regions(enable: list[str], disable: list[str]) -> Document:
    return {"enable_in_regions": assign(enable), "disable_in_regions": assign(disable)}


_SLACK: Final = {
    "supported_channel_types": assign(["private"]),
    "supported_role_settings": assign(["user_role", "channel_role"]),
}
_TENANT: Final = "0c9b0c9a-1111-4222-8333-444455556666"
_TEAM: Final = "1d9b0c9a-1111-4222-8333-444455556666"
_ENABLED: Final = {"status": assign("enabled")}
_DISABLED: Final = {"status": assign("disabled")}


ACCEPTED: Final[dict[str, tuple[Document, ...]]] = {
    "TAG_POLICY": (
        {
            "tags": {
                "team": {
                    "tag_key": {**NOTHING_BELOW, "@@assign": "Team"},
                    "tag_value": assign(["red", "blue-*", "*@example.com"]),
                    "enforced_for": assign(["secretsmanager:ALL_SUPPORTED", "ec2:instance"]),
                    "report_required_tag_for": assign(["s3:bucket"]),
                }
            }
        },
        # A child policy: the key stands in the parent's.
        {"tags": {"Team": {"tag_value": {"@@append": ["green"], "@@remove": ["red"]}}}},
        {"tags": {"Colour": {"tag_value": {**NOTHING_BELOW, "@@assign": []}}, **NOTHING_BELOW}},
    ),
    "BACKUP_POLICY": (
        {
            "plans": {
                "nightly": {
                    "regions": {"@@append": ["eu-west-1", "eu-central-1"]},
                    "rules": {
                        "every-night": {
                            "schedule_expression": assign("cron(0 3 ? * * *)"),
                            "start_backup_window_minutes": assign("60"),
                            "complete_backup_window_minutes": assign(600),
                            "enable_continuous_backup": assign("false"),
                            "target_backup_vault_name": assign("central"),
                            "target_logically_air_gapped_backup_vault_arn": assign(
                                "arn:aws:backup:$region:$account:backup-vault:isolated"
                            ),
                            "lifecycle": {
                                "move_to_cold_storage_after_days": assign("30"),
                                "delete_after_days": assign("120"),
                                "opt_in_to_archive_for_supported_resources": assign("true"),
                            },
                            "copy_actions": {
                                _COPY: {
                                    "target_backup_vault_arn": assign(_COPY),
                                    "lifecycle": {"delete_after_days": assign("30")},
                                }
                            },
                            "recovery_point_tags": {
                                "owner": {
                                    "tag_key": assign("Owner"),
                                    "tag_value": assign("platform"),
                                }
                            },
                            "index_actions": {"resource_types": assign(["EBS", "S3"])},
                            "scan_actions": {"GUARDDUTY": {"scan_mode": assign("FULL_SCAN")}},
                        }
                    },
                    "selections": {
                        "tags": {
                            "marked": {
                                "iam_role_arn": assign(_ROLE),
                                "tag_key": assign("backup"),
                                "tag_value": assign(["true", "yes"]),
                            }
                        }
                    },
                    "advanced_backup_settings": {
                        "ec2": {"windows_vss": assign("enabled")},
                        "s3": {
                            "backup_acls": assign("disabled"),
                            "backup_object_tags": assign("enabled"),
                        },
                    },
                    "backup_plan_tags": {
                        "stage": {"tag_key": assign("stage"), "tag_value": assign("prod")}
                    },
                    "scan_settings": {
                        "GUARDDUTY": {
                            "resource_types": assign(["EBS"]),
                            "scanner_role_arn": assign("arn:aws:iam::$account:role/scanner"),
                        }
                    },
                }
            }
        },
        {
            "plans": {
                **NOTHING_BELOW,
                "everything": {
                    "selections": {
                        "resources": {
                            "all-but-volumes": {
                                "iam_role_arn": assign("arn:aws-us-gov:iam::$account:role/b"),
                                "resource_types": assign(["*"]),
                                "not_resource_types": assign(["arn:aws:ec2:*:*:volume/*"]),
                                "conditions": {
                                    "string_like": {
                                        "stage": {
                                            "condition_key": assign("aws:ResourceTag/stage"),
                                            "condition_value": assign("prod*"),
                                        }
                                    }
                                },
                            }
                        }
                    }
                },
            }
        },
        # A child policy that changes one value.
        {
            "plans": {
                "nightly": {
                    "rules": {"every-night": {"lifecycle": {"delete_after_days": assign("400")}}}
                }
            }
        },
    ),
    "AISERVICES_OPT_OUT_POLICY": (
        {
            "services": {
                **NOTHING_BELOW,
                "default": {
                    **NOTHING_BELOW,
                    "opt_out_policy": {**NOTHING_BELOW, "@@assign": "optOut"},
                },
                "rekognition": {"opt_out_policy": assign("optIn")},
            }
        },
    ),
    "CHATBOT_POLICY": (
        {
            "chatbot": {
                "platforms": {
                    "slack": {
                        "client": assign("enabled"),
                        "workspaces": assign(["T0123456789"]),
                        "default": _SLACK,
                        "overrides": {"T0123456789": _SLACK},
                    },
                    "microsoft_teams": {
                        "client": assign("enabled"),
                        "tenants": {_TENANT: assign([_TEAM])},
                        "default": {"supported_role_settings": assign(["user_role"])},
                        "overrides": {
                            _TENANT: {_TEAM: {"supported_role_settings": assign(["channel_role"])}}
                        },
                    },
                    "chime": {"client": assign("disabled")},
                },
                "default": {"client": assign("disabled")},
            }
        },
    ),
    "DECLARATIVE_POLICY_EC2": (
        {
            "ec2_attributes": {
                "exception_message": assign("See https://wiki.example.com/ec2"),
                "vpc_block_public_access": {
                    "internet_gateway_block": {
                        "mode": assign("block_ingress"),
                        "exclusions_allowed": assign("enabled"),
                    }
                },
                "serial_console_access": {"status": assign("disabled")},
                "image_block_public_access": {"state": assign("block_new_sharing")},
                "allowed_images_settings": {
                    "state": assign("audit_mode"),
                    "image_criteria": {
                        "criteria_1": {
                            "allowed_image_providers": {"@@append": ["amazon", "111122223333"]},
                            "image_names": assign(["base-*"]),
                            "marketplace_product_codes": assign(["abc123"]),
                            "creation_date_condition": {"maximum_days_since_created": assign(300)},
                            "deprecation_time_condition": {
                                "maximum_days_since_deprecated": assign("0")
                            },
                        }
                    },
                },
                "instance_metadata_defaults": {
                    "http_tokens": assign("required"),
                    "http_put_response_hop_limit": assign("2"),
                    "http_endpoint": assign("enabled"),
                    "instance_metadata_tags": assign("no_preference"),
                    "http_tokens_enforced": assign("enabled"),
                },
                "snapshot_block_public_access": {"state": assign("block_all_sharing")},
                "vpc_encryption_control": {
                    "mode": assign("attempt_monitor"),
                    "exclusions": assign(["nat_gateway"]),
                },
            }
        },
    ),
    "SECURITYHUB_POLICY": (
        {
            "securityhub": {
                **regions(["ALL_SUPPORTED"], ["ap-east-1"]),
                "features": {"network_scanning": regions(["eu-west-1"], [])},
            }
        },
        # A child policy that adds one region to a feature.
        {
            "securityhub": {
                "features": {"network_scanning": {"enable_in_regions": {"@@append": ["eu-west-2"]}}}
            }
        },
    ),
    "INSPECTOR_POLICY": (
        {
            "inspector": {
                "enablement": {
                    "lambda_standard_scanning": {
                        **regions(["eu-west-1"], []),
                        "lambda_code_scanning": regions(["eu-west-1"], []),
                    },
                    "ec2_scanning": regions(["ALL_SUPPORTED"], []),
                    "ecr_scanning": regions(["eu-west-1"], ["us-east-1"]),
                    "code_repository_scanning": regions([], ["ALL_SUPPORTED"]),
                }
            }
        },
    ),
    "UPGRADE_ROLLOUT_POLICY": (
        {
            "upgrade_rollout": {
                "default": {"patch_order": assign("last")},
                "tags": {
                    "stage": {
                        "tag_values": {
                            "dev": {"patch_order": assign("first")},
                            "test": {"patch_order": assign("second")},
                        }
                    }
                },
            }
        },
    ),
    "BEDROCK_POLICY": (
        {
            "bedrock": {
                "guardrail_inference": {
                    "eu-west-1": {
                        "company": {
                            "identifier": assign(
                                "arn:aws:bedrock:eu-west-1:111122223333:guardrail/ab12cd34ef56:3"
                            ),
                            "selective_content_guarding": {"messages": assign("comprehensive")},
                            "model_enforcement": {
                                "included_models": assign(["ALL"]),
                                "excluded_models": assign([]),
                            },
                        }
                    }
                }
            }
        },
    ),
    "S3_POLICY": ({"s3_attributes": {"public_access_block_configuration": assign("all")}},),
    "NETWORK_SECURITY_DIRECTOR_POLICY": (
        {
            "network_security_director": {
                "enablement": {"network_security_scan": regions(["eu-west-1"], [])}
            }
        },
    ),
    "GUARDDUTY_POLICY": (
        {
            "guardduty": {
                "enablement": {
                    "default": {"foundational": _ENABLED, "s3_data_events": _ENABLED},
                    "eu-west-1": {
                        "foundational": _ENABLED,
                        "ebs_malware_protection": _DISABLED,
                        "runtime_monitoring": {
                            **_ENABLED,
                            "additional_configuration": {
                                "eks_addon_management": _ENABLED,
                                "ec2_agent_management": _DISABLED,
                            },
                        },
                    },
                }
            }
        },
    ),
}
