"""The credentials of the stack's `aws:` configuration, for calls that no resource makes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pulumi


@dataclass(frozen=True, slots=True)
class BaseCredentials:
    """Profile, keys and roles as the stack's default provider has them; read in the program."""

    profile: str | None = None
    keys: Mapping[str, Any] = field(default_factory=dict, repr=False)
    roles: tuple[Mapping[str, Any], ...] = ()

    @classmethod
    def of_config(cls) -> BaseCredentials:
        """Return what the `aws:` configuration of the stack sets."""
        config = pulumi.Config("aws")
        keys = {
            "aws_access_key_id": config.get("accessKey"),
            "aws_secret_access_key": config.get("secretKey"),
            "aws_session_token": config.get("token"),
        }
        return cls(
            config.get("profile"),
            {name: value for name, value in keys.items() if value},
            tuple(config.get_object("assumeRoles") or ()),
        )

    def session(self, region: str) -> Any:
        """Return the session of the last role, or of the profile or keys themselves."""
        # Importing it takes a tenth of a second, and few runs come here.
        import boto3

        keys: dict[str, Any] = {**self.keys}
        session = boto3.Session(profile_name=self.profile, region_name=region, **keys)
        for role in self.roles:
            wanted = {
                "RoleArn": role["roleArn"],
                "RoleSessionName": role.get("sessionName", "landfall"),
                **({"ExternalId": role["externalId"]} if "externalId" in role else {}),
            }
            assumed = session.client("sts").assume_role(**wanted)["Credentials"]
            session = boto3.Session(region_name=region, **client_keys(assumed))
        return session


def client_keys(credentials: Mapping[str, str]) -> dict[str, Any]:
    """Return the credentials of an STS answer as boto3 takes them."""
    return {
        "aws_access_key_id": credentials["AccessKeyId"],
        "aws_secret_access_key": credentials["SecretAccessKey"],
        "aws_session_token": credentials["SessionToken"],
    }
