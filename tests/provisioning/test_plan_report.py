"""The report of a plan for its approver."""

from landfall.provisioning.plan import Planned

URN = "urn:pulumi:dev::landfall::aws:iam/role:Role::reader"


def test_the_report_is_a_sentence_the_operations_and_the_digest() -> None:
    planned = Planned("dev", (("create", URN), ("delete", URN)), "abc")
    assert planned.markdown().splitlines() == [
        "### Plan for dev",
        "",
        "1 to create, 1 to delete.",
        "",
        "- create `aws:iam/role:Role reader`",
        "- delete `aws:iam/role:Role reader`",
        "",
        "SHA-256 of the plan: `abc`",
    ]


def test_a_plan_without_a_change_says_so() -> None:
    planned = Planned("dev", (), "abc")
    assert planned.summary == "nothing to change"
    assert "Nothing to change." in planned.markdown().splitlines()
