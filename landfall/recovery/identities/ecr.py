"""ECR: repositories."""

from __future__ import annotations

from landfall.recovery.identities.registry import Client, Inputs, finds


@finds("aws:ecr/repository:Repository")
def _image_repository(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    name: str = inputs["name"]
    client("ecr").describe_repositories(repositoryNames=[name])
    return name
