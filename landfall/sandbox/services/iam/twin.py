"""IAM of a snapshot: managed policies, roles, identity providers, password policies."""

from __future__ import annotations

import json
from typing import Any, Final

from moto.iam.models import (
    AccountPasswordPolicy,
    AWSManagedPolicy,
    IAMBackend,
    ManagedPolicy,
    OpenIDConnectProvider,
    PolicyVersion,
    Role,
    SAMLProvider,
    iam_backends,
)

from landfall.sandbox.twin.loaders import Found, Place, loads

_SERVICES: Final = "/aws-service-role/"


def _backend(place: Place) -> IAMBackend:
    found: IAMBackend = iam_backends[place.account][place.partition]
    return found


def _pairs(tags: Found) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def _tags(tags: Found) -> dict[str, dict[str, str]]:
    """Return tags as the emulator keeps those of policies and providers."""
    return {pair["Key"].lower(): pair for pair in _pairs(tags)}


_of_aws: dict[str, Found] = {}


@loads("AWS policy")
def policy_of_aws(place: Place, found: Found) -> None:
    """Keep a policy of AWS that is attached somewhere; the emulator may not know a new one."""
    _of_aws[found["arn"]] = found


@loads("managed policy")
def managed_policy(place: Place, found: Found) -> None:
    """Make a customer managed policy with its versions."""
    backend = _backend(place)
    policy = ManagedPolicy(
        found["name"],
        account_id=place.account,
        region=backend.region_name,
        default_version_id=found["version"],
        description=found["description"],
        path=found["path"],
        tags=_tags(found["tags"]),
    )
    policy.id = found["id"]
    policy.versions = [
        PolicyVersion(policy.arn, json.dumps(document), version == found["version"], version)
        for version, document in found["versions"].items()
    ]
    policy.next_version_num = max(int(each.lstrip("v")) for each in found["versions"]) + 1
    backend.managed_policies[policy.arn] = policy


@loads("role")
def role(place: Place, found: Found) -> None:
    """Make a role with its policies and its boundary."""
    backend = _backend(place)
    path = found["path"]
    made = Role(
        account_id=place.account,
        partition=backend.partition,
        role_id=found["id"],
        name=found["name"],
        assume_role_policy_document=json.dumps(found["trust"]),
        path=path,
        permissions_boundary=found["boundary"] or None,
        description=found["description"],
        tags=_pairs(found["tags"]),
        max_session_duration=found["session_seconds"],
        linked_service=path.split("/")[2] if path.startswith(_SERVICES) else None,
    )
    made.policies = {name: json.dumps(policy) for name, policy in found["inline"].items()}
    backend.roles[made.id] = made
    for arn in found["managed"]:
        _policy(backend, arn).attach_to(made)
    if ":iam::aws:" in found["boundary"]:
        _policy(backend, found["boundary"])


def _policy(backend: IAMBackend, arn: str) -> ManagedPolicy:
    policy: ManagedPolicy | None = backend.managed_policies.get(arn)
    if policy is None:
        policy = _new_policy_of_aws(backend, arn)
        backend.managed_policies[arn] = policy
    return policy


def _new_policy_of_aws(backend: IAMBackend, arn: str) -> ManagedPolicy:
    found = _of_aws.get(arn)
    if found is None:
        raise ValueError(f"the policy {arn} is attached, but not in the snapshot")
    document: Any = found["versions"][found["version"]]
    return AWSManagedPolicy(
        found["name"],
        account_id=backend.account_id,
        region=backend.region_name,
        default_version_id=found["version"],
        path=found["path"],
        document=json.dumps(document),
    )


@loads("OIDC provider")
def oidc_provider(place: Place, found: Found) -> None:
    """Make an OIDC provider."""
    backend = _backend(place)
    provider = OpenIDConnectProvider(
        place.account,
        backend.region_name,
        f"https://{found['url']}",
        list(found["thumbprints"]),
        list(found["clientIds"]),
        _tags(found["tags"]),
    )
    backend.open_id_providers[provider.arn] = provider


@loads("SAML provider")
def saml_provider(place: Place, found: Found) -> None:
    """Make a SAML provider."""
    backend = _backend(place)
    provider = SAMLProvider(place.account, backend.region_name, found["name"], found["metadata"])
    backend.saml_providers[provider.arn] = provider


@loads("password policy")
def password_policy(place: Place, found: Found) -> None:
    """Set the password policy of an account."""
    _backend(place).account_password_policy = AccountPasswordPolicy(
        found.get("AllowUsersToChangePassword", False),
        found.get("HardExpiry", False),
        found.get("MaxPasswordAge"),
        found["MinimumPasswordLength"],
        found.get("PasswordReusePrevention"),
        found["RequireLowercaseCharacters"],
        found["RequireNumbers"],
        found["RequireSymbols"],
        found["RequireUppercaseCharacters"],
    )
