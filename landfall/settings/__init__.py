"""What a stack file can say: typed settings. No Pulumi, no AWS calls, no I/O.

A name's module loads when the name is first read: a process that needs one of them, or a module
beside them, as the sandbox does, does not wait for the models of all settings.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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

_MODULES = {
    "Access": "cross_account_access",
    "AccessRole": "cross_account_access",
    "Account": "accounts",
    "Application": "delivery",
    "Approval": "delivery",
    "Artifacts": "artifacts",
    "Build": "builds",
    "CloudFormationDeploy": "deploy_cloudformation",
    "CodeCommitSource": "delivery",
    "CommandsDeploy": "deploy_programs",
    "Connection": "delivery",
    "ConnectionSource": "delivery",
    "Delivery": "delivery",
    "Ec2Deploy": "deployments",
    "EcsDeploy": "deployments",
    "EcsServiceDeploy": "deploy_ecs_service",
    "EksDeploy": "deploy_eks",
    "Environment": "delivery",
    "Guardrail": "guardrails",
    "InvokeDeploy": "deploy_steps",
    "LambdaDeploy": "deployments",
    "Organization": "organization_tree",
    "Principal": "cross_account_access",
    "ProjectDeploy": "deploy_steps",
    "PulumiDeploy": "deploy_programs",
    "S3Deploy": "deploy_site",
    "S3Source": "delivery",
    "Stack": "stack",
    "StackSetDeploy": "deploy_stack_set",
    "Statement": "base",
    "TerraformDeploy": "deploy_programs",
    "Unit": "organization_tree",
}

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


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)
    globals()[name] = value
    return value
