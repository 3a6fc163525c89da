"""Service principals that state the source resource or account of their requests.

Without a condition on the source, any customer's resource can make the service act on this one
(IAM User Guide: 'The confused deputy problem'). A service is in the table where its own guide says
so on its page 'Cross-service confused deputy prevention', or in the policy that it asks for.

Services that act only for their own account's resources, or that state no source, are not here:
`ec2`, `lambda`, `ecs`, `eks`, `spotfleet`, service-linked ones. `landfall.aws.source_keys` has the
keys of the services that Landfall's policies name.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_SUFFIX: Final = re.compile(r"\.(amazonaws\.com(\.cn)?|amazon\.com|aws\.internal|internal)$")
_REGION: Final = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")

# Those that take a role of the customer, and those that write to a resource without a role.
_WITH_ROLE: Final = frozenset(
    {
        "access-analyzer",
        "airflow",
        "airflow-env",
        "amplify",
        "appflow",
        "application-insights",
        "appstream",
        "appsync",
        "auditmanager",
        "backup",
        "batchoperations.s3",
        "bedrock",
        "bedrock-agentcore",
        "braket",
        "build.apprunner",
        "chatbot",
        "codebuild",
        "codepipeline",
        "cognito-idp",
        "comprehend",
        "comprehendmedical",
        "config",
        "connect",
        "databrew",
        "datapipeline",
        "datasync",
        "dms",
        "ecs-tasks",
        "eks-fargate-pods",
        "emr-serverless",
        "events",
        "export.rds",
        "firehose",
        "fis",
        "forecast",
        "frauddetector",
        "gamelift",
        "glue",
        "greengrass",
        "healthlake",
        "hooks.cloudformation",
        "importexport",
        "iot",
        "iotanalytics",
        "iotevents",
        "iotsitewise",
        "kafkaconnect",
        "kendra",
        "kinesisanalytics",
        "lex",
        "lexv2",
        "logs",
        "lookoutmetrics",
        "lookoutvision",
        "m2",
        "macie",
        "medialive",
        "mobileanalytics",
        "monitoring.rds",
        "osis-pipelines",
        "personalize",
        "pipes",
        "qbusiness",
        "rds",
        "redshift",
        "redshift-serverless",
        "refactor-spaces",
        "rekognition",
        "resources.cloudformation",
        "robomaker",
        "rolesanywhere",
        "s3",
        "sagemaker",
        "scheduler",
        "securitylake",
        "ses",
        "ssm",
        "ssm-incidents",
        "states",
        "storagegateway",
        "support",
        "synthetics",
        "tasks.apprunner",
        "textract",
        "timestream",
        "transcribe",
        "transfer",
        "translate",
        "vmie",
        "voiceid",
        "vpc-flow-logs",
        "wisdom",
        "workspaces",
    }
)
_WITHOUT_ROLE: Final = frozenset(
    {
        "alexa-appkit",
        "alexa-connectedhome",
        "apigateway",
        "bcm-data-exports",
        "billingreports",
        "budgets",
        "cassandra.application-autoscaling",
        "cloudfront",
        "cloudtrail",
        "cloudwatch",
        "codestar-notifications",
        "cognito-idp",
        "costalerts",
        "delivery.elasticloadbalancing",
        "delivery.logs",
        "devops-guru",
        "elasticloadbalancing",
        "guardduty",
        "inspector2",
        "iotsitewise",
        "lambda.alarms.cloudwatch",
        "logdelivery.elasticloadbalancing",
        "logging.s3",
        "lookoutequipment",
        "macie2",
        "rds",
        "redshift",
        "s3",
        "secretsmanager",
        "serverlessrepo",
        "ses",
        "sns",
        "sqs",
        "vpc-lattice",
    }
)


@lru_cache(maxsize=4096)
def short(service: str) -> str:
    """Return a service principal's name without domain and region: `logs`, `delivery.logs`."""
    name = _SUFFIX.sub("", service.strip().lower())
    return ".".join(one for one in name.split(".") if not _REGION.fullmatch(one))


def is_service(principal: str) -> bool:
    """Return whether a principal is a service's name."""
    return _SUFFIX.search(principal.strip().lower()) is not None


def states_source(service: str, *, has_role: bool = True) -> bool:
    """Return whether a service principal states the source of its requests.

    With `has_role` the service assumes a role; otherwise the policy of the resource names it.
    `*` is every service.
    """
    name = short(service)
    if name == "*" or name in _WITH_ROLE:
        return True
    return not has_role and name in _WITHOUT_ROLE
