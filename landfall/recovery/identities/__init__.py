"""Find a resource in AWS by its inputs instead of its id.

An engine that is killed while AWS creates a resource never learns its id. Each resource type of the
components is in one of two places: in `repeatable`, if creating it again is harmless; or in its
service's module here, with a look-up by names that AWS keeps unique. The look-up returns the id by
which the provider imports the resource.
"""

from __future__ import annotations

# Importing these modules registers their look-ups.
from landfall.recovery.identities import (
    accessanalyzer,
    awslambda,
    backup,
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
    detective,
    ecr,
    events,
    fms,
    guardduty,
    iam,
    identitystore,
    inspector2,
    kms,
    logs,
    macie2,
    oam,
    organizations,
    ram,
    s3,
    scheduler,
    secretsmanager,
    securityhub,
    sso_admin,
    xray,
)
from landfall.recovery.identities.registry import (
    Client,
    Inputs,
    OccupiedError,
    is_known,
    look_up,
)
from landfall.recovery.identities.repeatable import REPEATABLE

__all__ = [
    "REPEATABLE",
    "Client",
    "Inputs",
    "OccupiedError",
    "accessanalyzer",
    "awslambda",
    "backup",
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
    "detective",
    "ecr",
    "events",
    "fms",
    "guardduty",
    "iam",
    "identitystore",
    "inspector2",
    "is_known",
    "kms",
    "logs",
    "look_up",
    "macie2",
    "oam",
    "organizations",
    "ram",
    "s3",
    "scheduler",
    "secretsmanager",
    "securityhub",
    "sso_admin",
    "xray",
]
