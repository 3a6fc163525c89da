"""The push of an image, with stubs of Docker and the AWS CLI that record their calls."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from pathlib import Path

import pytest

from components.delivery.buildspecs import script
from components.delivery.generated_builds import build_spec

REPOSITORY = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/web"
DIGEST = "sha256:" + "1" * 64
_DOCKER = '#!/bin/sh\necho "docker $*" >> "$CALLS"\n[ "$1" != login ] || cat > /dev/null\n'
_AWS = f"""#!/bin/sh
echo "aws $*" >> "$CALLS"
case "$*" in
*get-login-password*) echo secret ;;
*describe-images*) echo {DIGEST} ;;
*imageScanStatus*) echo "${{STATUS:-COMPLETE}}" ;;
*findingSeverityCounts.HIGH*) echo "${{HIGH:-None}}" ;;
*findingSeverityCounts*) echo None ;;
esac
"""
_SLEEP = '#!/bin/sh\necho "sleep $*" >> "$CALLS"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of sources, and the stubs beside it."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for name, text in (("docker", _DOCKER), ("aws", _AWS), ("sleep", _SLEEP)):
        (tools / name).write_text(text)
        (tools / name).chmod(0o755)
    (tmp_path / "sources").mkdir()
    return tmp_path


def push(folder: Path, **variables: str) -> tuple[int, list[str], str]:
    """Run the script; return its status, the calls of tools, and what it complains."""
    # The real one is below /tmp, where other runs have theirs.
    text = script("push").replace("/tmp/", f"{folder}/")  # noqa: S108
    done = subprocess.run(
        ["bash", "-c", text],
        cwd=folder / "sources",
        env={
            "PATH": f"{folder / 'tools'}:{os.environ['PATH']}",
            "CALLS": str(folder / "calls"),
            "AWS_REGION": "eu-west-1",
            "CODEBUILD_BUILD_ID": "web-dev:1a2b3c4d-0000-0000-0000-000000000000",
            "CODEBUILD_RESOLVED_SOURCE_VERSION": "3f2a1b9c0d1e5555",
            "IMAGE_REPOSITORY": REPOSITORY,
            **{"CONTAINER": "", "CONTEXT": ".", "DOCKERFILE": "Dockerfile"},
            **{"FAIL_ON": "", "SBOM": ""},
            **variables,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, (folder / "calls").read_text().splitlines(), done.stderr


def test_image_is_pushed_with_a_tag_of_its_revision_and_build(folder: Path) -> None:
    status, calls, complaint = push(folder, CONTAINER="web")
    assert status == 0, complaint
    image = f"{REPOSITORY}:3f2a1b9c0d1e-1a2b3c4d"
    assert f"docker build --file Dockerfile --tag {image} ." in calls
    assert f"docker push {image}" in calls
    assert any(call.startswith("docker login --username AWS") for call in calls)
    uri = f"{REPOSITORY}@{DIGEST}"
    sources = folder / "sources"
    assert json.loads((sources / "imageDetail.json").read_text()) == {"ImageURI": uri}
    definitions = json.loads((sources / "imagedefinitions.json").read_text())
    assert definitions == [{"name": "web", "imageUri": uri}]
    exported = (folder / "image.env").read_text().split()
    assert f"IMAGE_URI={uri}" in exported
    assert not any("image-scan" in call for call in calls)


@pytest.mark.parametrize(
    ("revision", "tag"),
    [("", "_none-1a2b3c4d"), (".x/y", "_.x_y-1a2b3c4d"), ("abc", "abc-1a2b3c4d")],
)
def test_tag_of_any_revision_has_a_form_that_ecr_takes(
    folder: Path, revision: str, tag: str
) -> None:
    _, calls, _ = push(folder, CODEBUILD_RESOLVED_SOURCE_VERSION=revision)
    assert f"docker push {REPOSITORY}:{tag}" in calls


def test_build_without_a_repository_pushes_nothing(folder: Path) -> None:
    status, calls, _ = push(folder, IMAGE_REPOSITORY="")
    assert status == 0
    assert calls == ["docker build --file Dockerfile --tag image ."]
    assert not (folder / "image.env").exists()


@pytest.mark.parametrize(
    ("variables", "passes", "complaint"),
    [
        ({"FAIL_ON": "CRITICAL HIGH"}, True, ""),
        ({"FAIL_ON": "CRITICAL HIGH", "STATUS": "ACTIVE"}, True, ""),
        ({"FAIL_ON": "CRITICAL", "HIGH": "2"}, True, ""),
        ({"FAIL_ON": "CRITICAL HIGH", "HIGH": "2"}, False, "2 vulnerabilities of severity HIGH"),
        ({"FAIL_ON": "CRITICAL", "STATUS": "FAILED"}, False, "ended with status FAILED"),
        ({"FAIL_ON": "CRITICAL", "STATUS": "IN_PROGRESS"}, False, "status IN_PROGRESS"),
    ],
)
def test_scan_fails_the_build_for_findings_of_the_severity(
    folder: Path, variables: dict[str, str], passes: bool, complaint: str
) -> None:
    status, _, said = push(folder, **variables)
    assert (status == 0) == passes
    assert complaint in said
    assert (folder / "image.env").exists() == passes


def test_generated_commands_are_one_shell_line_each() -> None:
    spec = json.loads(
        build_spec(
            {"commands": ["make"], "push": {"repository": "web", "fail_on": "high"}}, {}, "x"
        )
    )
    first, _, run, export = spec["phases"]["build"]["commands"]
    assert first == "make"
    assert shlex.split(run)[-2:] == ["bash", "/tmp/push.sh"]  # noqa: S108
    assert "FAIL_ON=CRITICAL HIGH" in shlex.split(run)
    assert export == "if [ -f /tmp/image.env ]; then . /tmp/image.env; fi"
