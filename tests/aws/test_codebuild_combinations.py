"""What CodeBuild refuses, and the environment types and runtimes of its images."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from landfall.aws.codebuild.combinations import Project, refusals
from landfall.aws.codebuild.environments import (
    ON_DEMAND,
    ONLY_RESERVED,
    ComputeType,
    ecr_repository,
    environment_type,
)
from landfall.aws.codebuild.runtimes import ACTIVE, OFFERED, is_offered, offered
from tests.components.test_names import misfits

LINUX = Project(
    "LINUX_CONTAINER", "aws/codebuild/amazonlinux-x86_64-standard:5.0", "BUILD_GENERAL1_SMALL"
)
LAMBDA = Project(
    "LINUX_LAMBDA_CONTAINER",
    "aws/codebuild/amazonlinux-x86_64-lambda-standard:python3.13",
    "BUILD_LAMBDA_2GB",
)
PRIVATE = replace(LINUX, image="registry.example.com/builder:1", pulls_as="SERVICE_ROLE")
GPU = replace(LINUX, type="LINUX_GPU_CONTAINER")


def test_environment_types_and_sizes_are_those_of_the_service_model() -> None:
    import botocore.session

    model = botocore.session.get_session().get_service_model("codebuild")
    assert set(model.shape_for("EnvironmentType").enum) == {*ON_DEMAND, *ONLY_RESERVED}
    sizes = {size for each in ON_DEMAND.values() for size in each}
    assert sizes == set(get_args(ComputeType))
    assert sizes < set(model.shape_for("ComputeType").enum)
    assert list(misfits("codebuild", "ProjectName", "orders-prod")) == []


@pytest.mark.parametrize(
    "project",
    [
        LINUX,
        LAMBDA,
        PRIVATE,
        GPU,
        replace(LINUX, privileged=True, cache="LOCAL", modes=("LOCAL_DOCKER_LAYER_CACHE",)),
        replace(LINUX, subnets=16, security_groups=5, cache="S3"),
        replace(LINUX, fleet=True, type="LINUX_EC2"),
        replace(PRIVATE, registry_credential=True),
        replace(GPU, compute_type="BUILD_GENERAL1_LARGE"),
        replace(LINUX, timeout=2160, queued=480),
    ],
)
def test_combination_that_codebuild_takes_has_no_refusal(project: Project) -> None:
    assert list(refusals(project)) == []


@pytest.mark.parametrize(
    ("project", "member", "error"),
    [
        (replace(LINUX, compute_type="BUILD_LAMBDA_1GB"), "computeType", "Invalid compute type"),
        (replace(LAMBDA, compute_type="BUILD_GENERAL1_SMALL"), "computeType", "Invalid compute"),
        (replace(GPU, compute_type="BUILD_GENERAL1_MEDIUM"), "computeType", "Invalid compute"),
        (replace(LINUX, type="LINUX_EC2"), "fleet", "with a fleet only"),
        (replace(LINUX, type="ARM_CONTAINER"), "image", "AWS CodeBuild curated image"),
        (replace(LINUX, image=LAMBDA.image), "image", "AWS CodeBuild curated image"),
        (replace(LINUX, pulls_as="SERVICE_ROLE"), "imagePullCredentialsType", "CODEBUILD"),
        (replace(PRIVATE, registry_credential=True, pulls_as="CODEBUILD"),
         "registryCredential", "SERVICE_ROLE"),
        (replace(LAMBDA, timeout=15), "timeoutInMinutes",
         "Cannot specify timeoutInMinutes for lambda compute"),
        (replace(LAMBDA, queued=5), "queuedTimeoutInMinutes",
         "Cannot specify queuedTimeoutInMinutes for lambda compute"),
        (replace(LAMBDA, privileged=True), "privilegedMode", "for lambda compute"),
        (replace(LAMBDA, subnets=1), "vpcConfig", "for lambda compute"),
        (replace(LAMBDA, cache="LOCAL"), "cache", "for lambda compute"),
        (replace(LAMBDA, cache="S3"), "cache", "for lambda compute"),
        (replace(LAMBDA, badge=True), "badgeEnabled", "for lambda compute"),
        (replace(LAMBDA, file_systems=True), "fileSystemLocations", "for lambda compute"),
        (replace(LAMBDA, certificate=True), "certificate", "for lambda compute"),
        (replace(LINUX, subnets=1, cache="LOCAL"), "cache", "in a VPC"),
        (replace(GPU, cache="LOCAL"), "cache", "GPU"),
        (replace(LINUX, compute_type="BUILD_GENERAL1_2XLARGE", cache="LOCAL"), "cache", "largest"),
        (replace(LINUX, cache="LOCAL", modes=("LOCAL_DOCKER_LAYER_CACHE",)), "cache", "privileged"),
        (replace(LINUX, subnets=1, fleet=True), "vpcConfig", "with a fleet"),
        (replace(LINUX, subnets=17), "vpcConfig", "16 subnets"),
        (replace(LINUX, subnets=1, security_groups=6), "vpcConfig", "5 security groups"),
        (Project("WINDOWS_SERVER_2022_CONTAINER", "aws/codebuild/windows-base:2022-1.0",
                 "BUILD_GENERAL1_MEDIUM", privileged=True), "privilegedMode", "Windows"),
    ],
)  # fmt: skip
def test_combination_that_codebuild_refuses_is_one_refusal(
    project: Project, member: str, error: str
) -> None:
    (refusal,) = refusals(project)
    assert refusal.member == member
    assert error in refusal.error
    assert refusal.why


@pytest.mark.parametrize(
    ("image", "architecture", "size", "gpu", "kind"),
    [
        (LINUX.image, None, "BUILD_GENERAL1_SMALL", False, "LINUX_CONTAINER"),
        (LINUX.image, None, "BUILD_GENERAL1_LARGE", True, "LINUX_GPU_CONTAINER"),
        ("example/builder:1", "arm64", "BUILD_GENERAL1_SMALL", False, "ARM_CONTAINER"),
        ("example/builder:1", "arm64", "BUILD_LAMBDA_1GB", False, "ARM_LAMBDA_CONTAINER"),
        (LAMBDA.image, None, "BUILD_LAMBDA_1GB", False, "LINUX_LAMBDA_CONTAINER"),
    ],
)
def test_environment_type_follows_image_and_compute_type(
    image: str, architecture: str | None, size: str, gpu: bool, kind: str
) -> None:
    assert environment_type(image, architecture, size, gpu=gpu) == kind


@pytest.mark.parametrize(
    ("image", "found"),
    [
        ("111122223333.dkr.ecr.eu-west-1.amazonaws.com/team/builder:1.0",
         ("111122223333", "eu-west-1", "team/builder")),
        ("111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn/builder@sha256:" + "0" * 64,
         ("111122223333", "cn-north-1", "builder")),
        ("public.ecr.aws/docker/library/python:3.13", None),
        ("example/builder:1", None),
    ],
)  # fmt: skip
def test_image_in_ecr_has_a_repository(image: str, found: tuple[str, str, str] | None) -> None:
    assert ecr_repository(image) == found


def test_runtimes_of_the_default_image_are_those_of_its_dockerfile() -> None:
    versions = offered("aws/codebuild/amazonlinux-x86_64-standard:5.0")
    assert versions is not None
    assert versions["golang"][0] == "1.26"
    assert ACTIVE["amazonlinux-x86_64-standard:5.0"] == {
        "golang": "1.20", "java": "corretto17", "nodejs": "18", "python": "3.11",
    }  # fmt: skip
    assert offered("aws/codebuild/standard:4.0") is None
    for image, active in ACTIVE.items():
        assert all(version in OFFERED[image][name] for name, version in active.items())


@pytest.mark.parametrize(
    ("version", "is_there"),
    [("22", True), ("latest", True), ("22.x", True), ("23", False), ("2", False), ("21.x", False)],
)
def test_version_is_offered_exactly_or_by_its_major(version: str, is_there: bool) -> None:
    assert is_offered(version, ("24", "22", "20")) == is_there
    assert is_offered("1.x", ("1.26", "1.25"))
