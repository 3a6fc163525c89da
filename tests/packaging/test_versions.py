"""landfall/versions.py decides the versions of other programs; files that repeat one agree."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from landfall import versions

ROOT = Path(__file__).parents[2]
GO_FOR_CLI, GO_FOR_PROVIDER = (
    ".".join(map(str, oldest)) for oldest in (versions.GO_FOR_CLI, versions.GO_FOR_PROVIDER)
)
PLACES = [
    ("pyproject.toml", f'"pulumi=={versions.PULUMI_SDK}",'),
    ("pyproject.toml", f'"pulumi-aws=={versions.PULUMI_AWS}",'),
    ("pyproject.toml", f'"pulumi-policy=={versions.PULUMI_POLICY}",'),
    ("requirements.lock", f"pulumi=={versions.PULUMI_SDK} "),
    ("requirements.lock", f"pulumi-aws=={versions.PULUMI_AWS} "),
    ("requirements.lock", f"pulumi-policy=={versions.PULUMI_POLICY} "),
    ("toolchain/cli/go.mod", f"github.com/pulumi/pulumi/sdk/v3 v{versions.PULUMI} "),
    ("toolchain/cli/go.mod", f"\ngo {GO_FOR_CLI}."),
    ("toolchain/provider/go.mod", f"\ngo {GO_FOR_PROVIDER}."),
    ("schema/stack.schema.json", f'"public.ecr.aws/pulumi/pulumi:{versions.PULUMI}"'),
    ("tests/terraform/versions.tf", f'version = "{versions.TERRAFORM_AWS_OLDEST}"'),
    ("tests/terraform/.terraform.lock.hcl", f'version     = "{versions.TERRAFORM_AWS_OLDEST}"'),
    ("README.md", f"Go {GO_FOR_CLI} or newer"),
    ("README.md", f"{versions.TERRAFORM_AWS} and {versions.TERRAFORM_AWS_OLDEST}"),
]
# Tests take Terraform's versions as examples of versions, too.
DECIDED = {
    "Pulumi": (r"3\.274", {"schema/stack.schema.json"}),
    "Pulumi's SDK": (r"3\.272", {"pyproject.toml", "requirements.lock"}),
    "pulumi-aws": (r"7\.51", {"pyproject.toml", "requirements.lock"}),
    "Terraform's": (r"6\.47\.1|5\.100\.0", {"README.md"}),
}


@pytest.mark.parametrize(("file", "text"), PLACES)
def test_version_in_a_file_is_the_decided_one(file: str, text: str) -> None:
    assert text in (ROOT / file).read_text()


def _naming(pattern: str) -> set[str]:
    """Return the tracked files that name a version; sums and modules of Go are generated."""
    command = ["git", "grep", "--untracked", "-lE", f"(^|[^0-9.]){pattern}([^0-9]|$)", "--", "."]
    files = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return {name for name in files.split() if not re.search(r"/go\.(mod|sum)$", name)}


@pytest.mark.parametrize("program", DECIDED)
def test_version_is_written_in_no_other_file(program: str) -> None:
    pattern, allowed = DECIDED[program]
    found = {name for name in _naming(f"({pattern})") if not _is_example(program, name)}
    assert found == {"landfall/versions.py", *allowed}


def _is_example(program: str, name: str) -> bool:
    return program == "Terraform's" and name.startswith("tests/")


def test_patterns_match_the_decided_versions() -> None:
    for program, version in (
        ("Pulumi", versions.PULUMI),
        ("Pulumi's SDK", versions.PULUMI_SDK),
        ("pulumi-aws", versions.PULUMI_AWS),
        ("Terraform's", versions.TERRAFORM_AWS),
        ("Terraform's", versions.TERRAFORM_AWS_OLDEST),
    ):
        assert re.match(DECIDED[program][0], version)


def test_supported_python_is_the_same_in_readme_and_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["requires-python"] == ">=3.11,<3.14"
    assert "Python 3.11, 3.12 or 3.13" in (ROOT / "README.md").read_text()
