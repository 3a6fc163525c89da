"""The prod stack as a whole: two regions, twelve accounts, artifacts that are kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.conftest import BIN, Project, copied

pytestmark = [pytest.mark.engine, pytest.mark.timeout(600)]

REGIONS = ("eu-west-1", "us-east-1")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """Return a project whose prod stack is up."""
    project = copied(tmp_path_factory.mktemp("project"), "prod")
    project.up()
    yield project
    project.run(str(BIN / "landfall"), "down", "-s", project.stack)


@pytest.fixture(scope="module")
def outputs(project: Project) -> dict[str, Any]:
    """Return what the stack tells of itself, as long as it is whole."""
    return project.outputs()


def test_every_account_stands_in_its_unit(project: Project, outputs: dict[str, Any]) -> None:
    organizations = project.aws("organizations")
    for unit, names in {
        "Security": {"log-archive", "audit"},
        "Workloads/Prod": {"orders-prod", "catalog-prod"},
    }.items():
        listed = organizations.list_accounts_for_parent(ParentId=outputs["units"][unit])
        assert {account["Name"] for account in listed["Accounts"]} == names


def test_pipelines_stand_in_the_delivery_account(project: Project, outputs: dict[str, Any]) -> None:
    hub = outputs["accounts"]["delivery"]
    listed = project.aws("codepipeline", hub).list_pipelines()["pipelines"]
    environments = ("dev", "staging", "prod")
    applications = ("orders", "catalog")
    expected = {f"{app}-{environment}" for app in applications for environment in environments}
    assert {pipeline["name"] for pipeline in listed} == expected


def test_the_second_up_and_a_refresh_change_nothing(project: Project) -> None:
    project.up()
    assert project.changes() == {}
    project.pulumi("refresh --yes --expect-no-changes --skip-preview -s prod")


def test_destroy_leaves_what_is_protected_and_whole(
    project: Project, outputs: dict[str, Any]
) -> None:
    hub = outputs["accounts"]["delivery"]
    project.pulumi("destroy --yes --skip-preview --exclude-protected -s prod")
    assert project.aws("codepipeline", hub).list_pipelines()["pipelines"] == []
    with pytest.raises(ClientError, match="NoSuchEntity"):
        project.aws("iam", outputs["accounts"]["audit"]).get_role(RoleName="security-audit")
    for region in REGIONS:
        s3 = project.aws("s3", hub, region)
        for name in (
            f"landfall-artifacts-{hub}-{region}",
            f"landfall-artifacts-{hub}-{region}-logs",
        ):
            assert s3.get_public_access_block(Bucket=name)
            assert "aws:SecureTransport" in s3.get_bucket_policy(Bucket=name)["Policy"]
        kms = project.aws("kms", hub, region)
        key = kms.describe_key(KeyId="alias/landfall/artifacts")["KeyMetadata"]
        assert key["KeyState"] == "Enabled"
