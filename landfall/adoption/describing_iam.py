"""Read one resource of IAM in full: roles, policies, identity providers, the password policy."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from landfall.adoption.roles import role_of

Open = Callable[[str], Any]
Found = Mapping[str, Any]


def role(client: Open, name: str) -> Found:
    """IAM API Reference, GetRole, with its policies."""
    return dataclasses.asdict(role_of(client("iam"), name))


def managed_policy(client: Open, arn: str) -> Found:
    """IAM API Reference, GetPolicy and GetPolicyVersion, with every version."""
    iam = client("iam")
    found = iam.get_policy(PolicyArn=arn)["Policy"]
    pages = iam.get_paginator("list_policy_versions").paginate(PolicyArn=arn)
    versions = [version["VersionId"] for page in pages for version in page["Versions"]]
    return {
        "id": found["PolicyId"],
        "name": found["PolicyName"],
        "path": found["Path"],
        "description": found.get("Description", ""),
        "version": found["DefaultVersionId"],
        "versions": {each: _document(iam, arn, each) for each in sorted(versions)},
        "tags": _tags(found.get("Tags", [])),
    }


def policy_of_aws(client: Open, arn: str) -> Found:
    """IAM API Reference, GetPolicy and GetPolicyVersion, with the version that holds."""
    iam = client("iam")
    found = iam.get_policy(PolicyArn=arn)["Policy"]
    version = found["DefaultVersionId"]
    return {
        "arn": arn,
        "name": found["PolicyName"],
        "path": found["Path"],
        "version": version,
        "versions": {version: _document(iam, arn, version)},
    }


def _document(iam: Any, arn: str, version: str) -> Any:
    answer = iam.get_policy_version(PolicyArn=arn, VersionId=version)
    return answer["PolicyVersion"]["Document"]


def _tags(found: list[Mapping[str, str]]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in found}


def oidc_provider(client: Open, arn: str) -> Found:
    """IAM API Reference, GetOpenIDConnectProvider."""
    found = client("iam").get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    return {
        "url": found["Url"],
        "clientIds": found.get("ClientIDList", []),
        "thumbprints": found.get("ThumbprintList", []),
        "tags": _tags(found.get("Tags", [])),
    }


def saml_provider(client: Open, arn: str) -> Found:
    """IAM API Reference, GetSAMLProvider; the metadata are public certificates and addresses."""
    found = client("iam").get_saml_provider(SAMLProviderArn=arn)
    return {"name": arn.rpartition("/")[2], "metadata": found["SAMLMetadataDocument"]}


def password_policy(client: Open, found: Found) -> Found:
    """IAM API Reference, PasswordPolicy; ExpirePasswords follows from the other members."""
    return {key: value for key, value in found.items() if key != "ExpirePasswords"}
