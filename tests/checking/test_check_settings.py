"""Mistakes of stack files in the formats of a check; the engine is not needed for them."""

from __future__ import annotations

from pathlib import Path

from tests.checking.conftest import Project, reports


def test_mistakes_of_settings_are_findings_with_their_line(project: Project) -> None:
    project.edit("unit: Security, purpose: audit", "unit: Securty, purpose: audit")
    project.edit("unit: Security, purpose: audit", "unit: Securty, purpose: audit", "prod")
    found = reports(project, "dev", "prod")
    assert (found.status, found.errors) == (1, "")
    assert [each["file"] for each in found.json["findings"]] == [
        "Pulumi.dev.yaml",
        "Pulumi.prod.yaml",
    ]
    first = found.json["findings"][0]
    assert project.line(first).startswith("audit: {email")
    assert first["fix"] == "did you mean 'Security'?"
    assert (first["rule"], first["level"]) == ("LF-SET-001", "mandatory")
    assert "Pulumi.dev.yaml:" in found.markdown
    assert found.sarif["runs"][0]["results"][0]["level"] == "error"


def test_a_mistake_in_an_accounts_own_file_is_found_there(project: Project) -> None:
    folder = project.folder / "accounts"
    folder.mkdir()
    (folder / "sandbox.yaml").write_text("email: aws+sandbox@example.com\nunit: Nowhere\n")
    project.edit(
        "  landfall:accounts:\n", "  landfall:accountsFolder: accounts\n  landfall:accounts:\n"
    )
    found = reports(project, "dev")
    place = found.json["findings"][0]
    assert (place["file"], place["line"]) == (str(Path("accounts/sandbox.yaml")), 2)


def test_a_stack_that_does_not_exist_is_no_finding(project: Project) -> None:
    done = project.check("-s", "test")
    assert done.returncode == 2
    assert "there is no Pulumi.test.yaml" in done.stderr


def test_report_that_cannot_be_written_is_an_error(project: Project) -> None:
    project.edit("unit: Security, purpose: audit", "unit: Securty, purpose: audit")
    done = project.check("-s", "dev", "-o", "Pulumi.yaml/report.md")
    assert done.returncode == 2
    assert "cannot write Pulumi.yaml/report.md" in done.stderr
