"""How a resource is found in AWS by what it was asked to be, not by its id.

An engine that is killed while AWS makes a resource never learns its id. Each type of resource that
the components make is in one of two places: in `repeatable`, where making it again is the same; or
in the module of its service here, with a look-up by the names that AWS holds unique, which returns
the id that the provider imports it by.
"""

from __future__ import annotations

# Importing them registers their look-ups.
from landfall.recovery.identities import (
    accessanalyzer,
    awslambda,
    budgets,
    chatbot,
    cloudtrail,
    codebuild,
    codecommit,
    codeconnections,
    codedeploy,
    codepipeline,
    codestar_connections,
    codestar_notifications,
    config,
    ecr,
    guardduty,
    iam,
    identitystore,
    kms,
    logs,
    organizations,
    s3,
    secretsmanager,
    securityhub,
    sso_admin,
    xray,
)
from landfall.recovery.identities.registry import Client, Inputs, is_known, look_up
from landfall.recovery.identities.repeatable import REPEATABLE

__all__ = [
    "REPEATABLE",
    "Client",
    "Inputs",
    "accessanalyzer",
    "awslambda",
    "budgets",
    "chatbot",
    "cloudtrail",
    "codebuild",
    "codecommit",
    "codeconnections",
    "codedeploy",
    "codepipeline",
    "codestar_connections",
    "codestar_notifications",
    "config",
    "ecr",
    "guardduty",
    "iam",
    "identitystore",
    "is_known",
    "kms",
    "logs",
    "look_up",
    "organizations",
    "s3",
    "secretsmanager",
    "securityhub",
    "sso_admin",
    "xray",
]
