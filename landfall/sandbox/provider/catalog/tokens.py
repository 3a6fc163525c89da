"""Pulumi type tokens -> Terraform type names.

`aws:s3/bucketVersioning:BucketVersioning` is `aws_s3_bucket_versioning`: mostly the module and the
name in snake case, sometimes with another module name, sometimes without the module.
All others are in `EXCEPTIONS`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

# Pulumi's module -> the prefixes of Terraform's names, besides the module itself.
PREFIXES: Final[dict[str, tuple[str, ...]]] = {
    "alb": ("lb", "alb"),
    "amp": ("prometheus",),
    "apigateway": ("api_gateway",),
    "appautoscaling": ("appautoscaling",),
    "bcmdata": ("bcmdataexports",),
    "bedrock": ("bedrockagent", "bedrock", "bedrockagentcore"),
    "cfg": ("config", "config_config", "config_configuration"),
    "cloudhsmv2": ("cloudhsm_v2",),
    "costexplorer": ("ce",),
    "directconnect": ("dx",),
    "directoryservice": ("directory_service",),
    "ebs": ("ebs", ""),
    "ec2": ("ec2", "vpc", ""),
    "ec2clientvpn": ("ec2_client_vpn",),
    "ec2transitgateway": ("ec2_transit_gateway",),
    "elasticsearch": ("elasticsearch_domain", "elasticsearch"),
    "elb": ("load_balancer", "elb", "lb"),
    "kinesis": ("kinesis", "kinesis_firehose", "kinesis_analytics"),
    "lb": ("lb", "alb"),
    "mq": ("mq",),
    "mwaa": ("mwaa",),
    "opensearch": ("opensearch",),
    "pinpoint": ("pinpoint",),
    "rds": ("rds", "db"),
    "redshiftdata": ("redshiftdata",),
    "s3": ("s3", "s3control", "s3_bucket"),
    "s3control": ("s3control", "s3"),
    "secretsmanager": ("secretsmanager",),
    "servicediscovery": ("service_discovery",),
    "ses": ("ses",),
    "timestreamwrite": ("timestreamwrite",),
    "transfer": ("transfer",),
    "vpc": ("vpc", ""),
}

# Module and name of the token (`s3/bucketObjectv2`) -> Terraform type.
EXCEPTIONS: Final[dict[str, str]] = {
    "account/alternativeContact": "aws_account_alternate_contact",
    "alb/loadBalancer": "aws_lb",
    "apigateway/response": "aws_api_gateway_gateway_response",
    "appconfig/eventIntegration": "aws_appintegrations_event_integration",
    "autoscaling/tag": "aws_autoscaling_group_tag",
    "cloudcontrol/resource": "aws_cloudcontrolapi_resource",
    "cloudtrail/trail": "aws_cloudtrail",
    "cloudwatch/internetMonitor": "aws_internetmonitor_monitor",
    "codeartifact/domainPermissions": "aws_codeartifact_domain_permissions_policy",
    "codedeploy/application": "aws_codedeploy_app",
    "codepipeline/pipeline": "aws_codepipeline",
    "cognito/identityPoolRoleAttachment": "aws_cognito_identity_pool_roles_attachment",
    "datasync/efsLocation": "aws_datasync_location_efs",
    "datasync/fsxOpenZfsFileSystem": "aws_datasync_location_fsx_openzfs_file_system",
    "datasync/locationFsxLustre": "aws_datasync_location_fsx_lustre_file_system",
    "datasync/locationFsxWindows": "aws_datasync_location_fsx_windows_file_system",
    "datasync/nfsLocation": "aws_datasync_location_nfs",
    "datasync/s3Location": "aws_datasync_location_s3",
    "directconnect/hostedTransitVirtualInterfaceAcceptor": (
        "aws_dx_hosted_transit_virtual_interface_accepter"
    ),
    "directconnect/linkAggregationGroup": "aws_dx_lag",
    "directoryservice/serviceRegion": "aws_directory_service_region",
    "ec2/dedicatedHost": "aws_ec2_host",
    "ec2/networkInterfaceSecurityGroupAttachment": "aws_network_interface_sg_attachment",
    "ec2/securityGroupAssociation": "aws_vpc_endpoint_security_group_association",
    "ec2/vpcEndpointServiceAllowedPrinciple": "aws_vpc_endpoint_service_allowed_principal",
    "ec2transitgateway/instanceConnectEndpoint": "aws_ec2_instance_connect_endpoint",
    "ec2transitgateway/instanceState": "aws_ec2_instance_state",
    "ec2transitgateway/transitGateway": "aws_ec2_transit_gateway",
    "elb/loadBalancer": "aws_elb",
    "elb/loadBalancerCookieStickinessPolicy": "aws_lb_cookie_stickiness_policy",
    "iam/sshKey": "aws_iam_user_ssh_key",
    "lb/loadBalancer": "aws_lb",
    "licensemanager/licenseGrant": "aws_licensemanager_grant",
    "licensemanager/licenseGrantAccepter": "aws_licensemanager_grant_accepter",
    "location/routeCalculation": "aws_location_route_calculator",
    "macie/customDataIdentifier": "aws_macie2_custom_data_identifier",
    "macie/findingsFilter": "aws_macie2_findings_filter",
    "opensearchingest/pipeline": "aws_osis_pipeline",
    "rds/instanceDesiredState": "aws_rds_instance_state",
    "rds/roleAssociation": "aws_db_instance_role_association",
    "resourceexplorer/index": "aws_resourceexplorer2_index",
    "resourceexplorer/view": "aws_resourceexplorer2_view",
    "route53recoverycontrol/cluster": "aws_route53recoverycontrolconfig_cluster",
    "route53recoverycontrol/controlPanel": "aws_route53recoverycontrolconfig_control_panel",
    "route53recoverycontrol/routingControl": "aws_route53recoverycontrolconfig_routing_control",
    "route53recoverycontrol/safetyRule": "aws_route53recoverycontrolconfig_safety_rule",
    "s3/bucketObjectv2": "aws_s3_object",
    "s3/bucketReplicationConfig": "aws_s3_bucket_replication_configuration",
    "serverlessrepository/cloudFormationStack": (
        "aws_serverlessapplicationrepository_cloudformation_stack"
    ),
    "ses/mailFrom": "aws_ses_domain_mail_from",
    "sns/dataProtectionPolicy": "aws_sns_topic_data_protection_policy",
    "sqs/redriveAllowPolicy": "aws_sqs_queue_redrive_allow_policy",
    "sqs/redrivePolicy": "aws_sqs_queue_redrive_policy",
    "storagegateway/cachesIscsiVolume": "aws_storagegateway_cached_iscsi_volume",
}


def snake_case(name: str) -> str:
    """`parentId` -> `parent_id`, `kmsKeyARNs` -> `kms_key_arns`."""
    name = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name)
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).lower()


def terraform_type(token: str, known: Iterable[str], *, function: bool = False) -> str | None:
    """Find the Terraform resource type (or data source) of a Pulumi token among the `known`.

    None if Terraform's provider lacks it, for example a newer type.
    """
    names = known if isinstance(known, set | frozenset) else frozenset(known)
    path = token.split(":")[1]
    exception = EXCEPTIONS.get(path)
    if exception is not None:
        return exception if exception in names else None
    module, _, name = path.partition("/")
    base = snake_case(name)
    if module == "s3":  # BucketV2 and its kind are older names of the same resources.
        base = base.removesuffix("_v2")
    if function:
        base = base.removeprefix("get_")
    prefixes = [snake_case(module), *PREFIXES.get(module, ()), ""]
    candidates = [f"aws_{prefix}_{base}" if prefix else f"aws_{base}" for prefix in prefixes]
    # The thing the module is named for: backup/plan is aws_backup_plan, elb/elb would be aws_elb.
    candidates += [f"aws_{prefix}" for prefix in prefixes if prefix and prefix == base]
    for candidate in candidates:
        if candidate in names:
            return candidate
    joined = {name.replace("_", ""): name for name in names}
    for candidate in candidates:
        found = joined.get(candidate.replace("_", ""))
        if found is not None:
            return found
    return None
