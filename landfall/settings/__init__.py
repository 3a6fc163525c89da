"""What a stack file can say: typed settings. No Pulumi, no AWS calls, no I/O."""

from landfall.settings.accounts import Account
from landfall.settings.artifacts import Artifacts
from landfall.settings.base import Statement
from landfall.settings.builds import Build
from landfall.settings.cross_account_access import Access, AccessRole, Principal
from landfall.settings.delivery import (
    Application,
    Approval,
    CodeCommitSource,
    Connection,
    ConnectionSource,
    Delivery,
    Environment,
    S3Source,
)
from landfall.settings.deploy_cloudformation import CloudFormationDeploy
from landfall.settings.deploy_ecs_service import EcsServiceDeploy
from landfall.settings.deploy_eks import EksDeploy
from landfall.settings.deploy_programs import CommandsDeploy, PulumiDeploy, TerraformDeploy
from landfall.settings.deploy_site import S3Deploy
from landfall.settings.deploy_stack_set import StackSetDeploy
from landfall.settings.deploy_steps import InvokeDeploy, ProjectDeploy
from landfall.settings.deployments import (
    Ec2Deploy,
    EcsDeploy,
    LambdaDeploy,
)
from landfall.settings.guardrails import Guardrail
from landfall.settings.organization_tree import Organization, Unit
from landfall.settings.stack import Stack

__all__ = [
    "Access",
    "AccessRole",
    "Account",
    "Application",
    "Approval",
    "Artifacts",
    "Build",
    "CloudFormationDeploy",
    "CodeCommitSource",
    "CommandsDeploy",
    "Connection",
    "ConnectionSource",
    "Delivery",
    "Ec2Deploy",
    "EcsDeploy",
    "EcsServiceDeploy",
    "EksDeploy",
    "Environment",
    "Guardrail",
    "InvokeDeploy",
    "LambdaDeploy",
    "Organization",
    "Principal",
    "ProjectDeploy",
    "PulumiDeploy",
    "S3Deploy",
    "S3Source",
    "Stack",
    "StackSetDeploy",
    "Statement",
    "TerraformDeploy",
    "Unit",
]
