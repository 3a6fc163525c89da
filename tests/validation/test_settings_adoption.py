"""Stacks that adopt an organization: ids, custom documents, resources without an id."""

from __future__ import annotations

import json

import pytest

from landfall.guardrails.of_stack import account_policies, documents, policies
from tests.settings.stacks import problems, stack

ADOPTED = """\
config:
  aws:region: eu-west-1
  landfall:organization:
    mode: adopt
    id: o-a1b2c3d4e5
    guardrails: [leave]
    delegatedAdministrators: {guardduty.amazonaws.com: [audit]}
    units:
      Team A: {id: ou-ab12-00000001, name: Team/A, guardrails: [leave, deny-root-user]}
      Tower: {id: ou-ab12-00000002, external: true, guardrails: [tags]}
  landfall:accounts:
    audit: {id: "000000000001", email: a@example.com, unit: Team A, guardrails: [leave, deny-all]}
    other: {id: "000000000002", email: b@example.com, unit: Tower, external: true}
  landfall:access:
    roles:
      reader: {principals: [{account: audit, role: landfall/x}], managedPolicies: [SecurityAudit]}
  landfall:guardrails:
    leave: {id: p-00000001, name: Leave!, document: {Version: '2012-10-17', Statement: [
      {Effect: Deny, Action: 'organizations:LeaveOrganization', Resource: '*'}]}}
    tags: {type: TAG_POLICY, id: p-00000002, tags: {a: b}, document: {tags: {}}}
  landfall:adopted:
    attachments:
      p-00000001: [r-ab12, ou-ab12-00000001, "000000000001"]
      p-00000002: [ou-ab12-00000002]
    delegatedAdministrators: {guardduty.amazonaws.com: ["000000000001"]}
    roles: {reader: ["000000000001"]}
    existing: {aws:guardduty/detector:Detector: {detectors-eu-west-1: abc}}
"""


def changed(old: str, new: str) -> str:
    assert ADOPTED.count(old) == 1, ADOPTED.count(old)
    return ADOPTED.replace(old, new)


def test_adopted_stack_is_valid_and_lists_what_exists() -> None:
    found = stack(ADOPTED)
    adopted = found.adopted
    assert adopted.root_id() == "r-ab12"
    assert adopted.attachment("p-00000001", "r-ab12") == "r-ab12:p-00000001"
    assert adopted.attachment("p-00000001", "ou-ab12-00000002") is None
    assert adopted.attachment(None, "r-ab12") is None
    assert adopted.delegation("guardduty.amazonaws.com", "000000000001") == (
        "000000000001/guardduty.amazonaws.com"
    )
    assert adopted.delegation("guardduty.amazonaws.com", None) is None
    assert adopted.has_role("reader", "000000000001")
    assert not adopted.has_role("reader", "000000000002")


def test_adopted_documents_are_not_merged_and_count_toward_the_limit() -> None:
    found = stack(ADOPTED)
    assert [(target, p.guardrails) for target, p in policies(found)] == [
        ("Team A", ("deny-root-user",))
    ]
    (own,) = account_policies(found, "audit")
    assert own.guardrails == ("deny-all",)
    assert own.name != next(policies(found))[1].name
    assert [key for key, _ in documents(found)] == ["leave", "tags"]
    quotas = "  landfall:quotas: {serviceControlPoliciesPerTarget: 2}\n"
    (problem,) = [p for p in problems(ADOPTED + quotas) if "Team A" in p.path]
    # FullAWSAccess and the document use both attachments.
    assert "AWS allows 0 policies" in problem.what


def test_adopted_document_is_sent_minified() -> None:
    leave = dict(documents(stack(ADOPTED)))["leave"]
    assert leave.content == (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Deny",'
        '"Action":"organizations:LeaveOrganization","Resource":"*"}]}'
    )
    assert json.loads(leave.content) == leave.document


def test_administrator_of_a_service_may_stay_where_security_delegates_it() -> None:
    on = changed("audit: {id", "audit: {purpose: audit, id")
    on = on.replace("other: {id", "other: {purpose: log-archive, id")
    on += "  landfall:security: {config: {enabled: false}}\n"
    assert [each for each in problems(on) if "delegatedAdministrators" in each.path] == []
    elsewhere = on.replace("{guardduty.amazonaws.com: [audit]}", "{guardduty.amazonaws.com: other}")
    (problem,) = (
        each for each in problems(elsewhere) if "organization.delegatedAdmin" in each.path
    )
    assert problem.fix == "remove it here"


@pytest.mark.parametrize(
    ("old", "new", "path", "what"),
    [
        ("id: p-00000002,", "id: p-00000001,", "guardrails.tags.id", "'leave' has the same id"),
        ("{tags: {}}", "{}", "guardrails.tags", "document is empty"),
        ("{tags: {}}", "{tags: 1.5}", "guardrails.tags", "float 1.5"),
        ("{tags: {}}", "{tags: 2026-01-02}", "guardrails.tags", "date 2026-01-02"),
        (
            ", document: {tags: {}}",
            "",
            "guardrails.tags",
            "needs statements, a document or catalogue",
        ),
        (
            "document: {tags: {}}",
            "statements: [{actions: s3:*}]",
            "guardrails.tags",
            "TAG_POLICY does not support statements",
        ),
        ("name: Leave!, document", "name: Leave!, type: X, document", "leave.type", "not one of"),
        (
            "Team A: {id: ou-ab12-00000001",
            "Team A: {id: ou-ab12-00000002",
            "Tower.id",
            "the same id",
        ),
        ("name: Team/A", f"name: {'x' * 129}", "Team A.name", "129 characters"),
        ("id: ou-ab12-00000002, external", "external", "Tower.external", "needs its id"),
        ('id: "000000000002", email', "email", "accounts.other.external", "needs its id"),
        ("[audit]", "[adit]", "delegatedAdministrators.guardduty.amazonaws.com[0]", "'adit'"),
        ("[r-ab12,", "[r-ab12, r-cd34,", "adopted.attachments", "2 roots"),
        ("p-00000002: [ou-ab12-00000002]", "p-00000002: [ou-ab12-1]", "p-00000002[0]", "ou-ab12-1"),
        ("p-00000002: [ou", "p-00000003: [ou", "attachments.p-00000003", "no guardrail has"),
        ("roles: {reader: [", "roles: {raeder: [", "adopted.roles.raeder", "no role 'raeder'"),
        ('reader: ["000000000001"]', 'reader: ["1"]', "adopted.roles.reader[0]", "id '1'"),
        (
            'delegatedAdministrators: {guardduty.amazonaws.com: ["',
            'delegatedAdministrators: {macie.amazonaws.com: ["',
            "adopted.delegatedAdministrators.macie.amazonaws.com",
            "no delegated administrator",
        ),
        ("{aws:guardduty/detector:Det", "{guardduty:Det", "adopted.existing", "is not valid"),
        ("eu-west-1: abc", "eu-west-1: ' '", "detectors-eu-west-1", "is not valid"),
        ("eu-west-1: abc", "eu-west-1: 12", "detectors-eu-west-1", "expected a text"),
        ("eu-west-1: abc", "x: abc@eu-west-2", "detectors-x", "eu-west-2"),
    ],
)
def test_adoption_mistakes_are_reported_with_their_place(
    old: str, new: str, path: str, what: str
) -> None:
    told = problems(changed(old, new))
    assert any(path in problem.path and what in problem.what for problem in told), told


def test_adoption_settings_of_a_created_organization_are_refused() -> None:
    told = {problem.path for problem in problems(changed("mode: adopt", "mode: create"))}
    assert {
        "landfall:organization.id",
        "landfall:organization.units.Team A.id",
        "landfall:guardrails.leave.id",
        "landfall:adopted",
    } <= told


def test_adopted_accounts_with_the_same_name_are_valid() -> None:
    twice = ADOPTED.replace("email: a@", "name: Same, email: a@").replace(
        "email: b@", "name: Same, email: b@"
    )
    assert problems(twice) == []
    new = changed("    other:", "    new: {name: SAME, email: c@example.com}\n    other:")
    new = new.replace("email: a@", "name: Same, email: a@")
    assert [problem.path for problem in problems(new)] == ["landfall:accounts.new.name"]


def test_adopted_documents_over_the_target_limit_are_refused() -> None:
    quota = "  landfall:quotas: {serviceControlPolicySize: 30}\n"
    assert [problem.path for problem in problems(ADOPTED + quota)][-1:] == [
        "landfall:guardrails.leave.document"
    ]
    many = "".join(f"    p{n}: {{document: {{a: b}}}}\n" for n in range(11))
    text = changed("    tags: {type", f"{many}    tags: {{type")
    text = text.replace(
        "guardrails: [leave]", f"guardrails: [{', '.join(f'p{n}' for n in range(11))}]"
    )
    text = text.replace("r-ab12, ", "")
    told = [problem for problem in problems(text) if "11 documents" in problem.what]
    assert [problem.path for problem in told] == ["landfall:organization.guardrails"]
