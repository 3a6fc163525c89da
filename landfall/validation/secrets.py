"""Checks of applications' secrets and of credentials in plaintext."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from landfall.settings import keys, naming
from landfall.settings.delivery import Application
from landfall.settings.deploy_cloudformation import CloudFormationDeploy
from landfall.settings.deploy_programs import CommandsDeploy, TerraformDeploy
from landfall.settings.deploy_steps import ProjectDeploy
from landfall.settings.deployments import Deploy
from landfall.settings.source import Path
from landfall.settings.stack import Stack
from landfall.validation import references
from landfall.validation.kinds import Kind
from landfall.validation.mistakes import Mistake

_NAME = re.compile(
    r"(PASSWORD|PASSWD|PWD|SECRET|TOKEN|API_?KEY|ACCESS_?KEY(_?ID)?|PRIVATE_?KEY|CREDENTIALS?)$",
    re.IGNORECASE,
)
# AWS access keys, GitHub's, GitLab's and Slack's tokens, private keys.
_VALUE = re.compile(
    r"\b(AKIA|ASIA)[A-Z0-9]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36}|\bglpat-[\w-]{20}|\bxox[abpr]-"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----"
)
_REFERENCE = ("arn:", "{{resolve:")


def mistakes(stack: Stack) -> Iterator[Mistake]:
    """Yield the mistakes in the secrets of applications."""
    for name, application in stack.delivery.applications.items():
        path: Path = (keys.DELIVERY, "applications", name)
        yield from plain((*path, "build", "environment"), application.build.environment)
        deploys = [((*path, "deploy"), application.deploy)]
        for environment, settings in application.environments.items():
            if settings.deploy is not None:
                here = (*path, "environments", environment, "deploy")
                deploys.append((here, settings.deploy))
        for here, deploy in deploys:
            for key, values in _plaintext(deploy).items():
                yield from plain((*here, key), values)
        yield from _secrets(stack, path, name, application)


def _plaintext(deploy: Deploy) -> Mapping[str, Mapping[str, str]]:
    """Return the values that a deployment has in plaintext, by their setting."""
    if isinstance(deploy, CloudFormationDeploy):
        return {"parameters": deploy.texts}
    if isinstance(deploy, TerraformDeploy):
        return {"variables": deploy.variables}
    if isinstance(deploy, CommandsDeploy | ProjectDeploy):
        return {"environment": deploy.environment}
    return {}


def plain(path: Path, values: Mapping[str, str]) -> Iterator[Mistake]:
    """Check plaintext values for credentials; a message never contains a value."""
    for key, value in values.items():
        if _VALUE.search(value):
            what = f"the value of '{key[:80]}' is a credential in plaintext"
        elif _NAME.search(key) and not value.startswith(_REFERENCE):
            what = f"'{key[:80]}' looks like a credential in plaintext"
        else:
            continue
        fix = f"declare it under secrets:, with variable: {key[:80]}"
        if path[-1] == "parameters":
            fix = "declare it under secrets:, and write {{resolve:secretsmanager:…}} here"
        elif "deploy" in path:
            fix = "declare it under secrets:, and let the deployment read it"
        yield Mistake((*path, key), what, fix, kind=Kind.PLAINTEXT_CREDENTIAL)


def _secrets(stack: Stack, path: Path, name: str, application: Application) -> Iterator[Mistake]:
    taken = dict.fromkeys(application.build.environment, "build.environment")
    for key, secret in application.secrets.items():
        here: Path = (*path, "secrets", key)
        longest = max(application.environments, key=len)
        own = naming.secret(name, key, longest)
        yield from references.length(stack, here, "secret", own, "secretNameLength")
        if secret.variable:
            if secret.variable in taken:
                what = f"variable '{secret.variable}' is also set by {taken[secret.variable]}"
                yield Mistake(
                    (*here, "variable"), what, "keep one of them", kind=Kind.DUPLICATE_SETTING
                )
            taken.setdefault(secret.variable, f"secrets.{key}")
        if secret.variable and secret.readers:
            what = (
                "a build secret is in the delivery account, but its readers are in other accounts"
            )
            fix = "remove variable: or readers:, or declare two secrets"
            yield Mistake((*here, "readers"), what, fix, kind=Kind.CONFLICTING_SETTINGS)
        if secret.key and (secret.variable is None or secret.store == "parameter"):
            what = "a key needs a JSON secret that builds get in a variable"
            yield Mistake(
                (*here, "key"),
                what,
                "write variable: and store: secret, or no key:",
                kind=Kind.MISSING_SETTING,
            )
        if secret.store == "parameter" and secret.rotation:
            what = "Parameter Store does not support rotation"
            yield Mistake(
                (*here, "rotation"),
                what,
                "remove it, or write store: secret",
                kind=Kind.UNSUPPORTED,
            )
        if not secret.variable and not secret.readers and not _resolved(application):
            what = "nothing reads this secret"
            fix = "add variable: for builds, or readers: with the application's roles"
            yield Mistake(here, what, fix, kind=Kind.MISSING_SETTING)


def _resolved(application: Application) -> bool:
    """Return whether a deployment of the application resolves secrets itself."""
    kinds = [application.deploy, *(each.deploy for each in application.environments.values())]
    return any(kind is not None and kind.reads_secrets for kind in kinds)
