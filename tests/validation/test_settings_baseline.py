"""Each mistake in a baseline, budget, contact or suspended account is reported once."""

from __future__ import annotations

import pytest

from landfall.guardrails import effective_baseline
from landfall.guardrails.platform import needs
from landfall.settings.baseline import Baseline, Budget, Contact, Contacts, PasswordPolicy, layered
from tests.settings.stacks import SMALL, changed, line_of, problems, stack

KEY = "arn:aws:kms:eu-west-1:111122223333:key/abc"
OTHER = KEY.replace("eu-west-1", "us-east-1")
CONTACT = "{name: A, title: B, email: a@example.com, phone: '+1'}"
TOLD = "notify: [a@example.com]"
DEV = "orders-dev: {email: aws+orders-dev@example.com, unit: Workloads/Dev"
SUSPENDED = ("Security: {}", "Security: {}\n      Old: {suspended: true}")


def with_baseline(text: str) -> str:
    return f"{SMALL}  landfall:baseline: {text}\n"


# the baseline; then, of the one problem: the end of its path, a part of its text, a part of the fix
MISTAKES = [
    ("{passwordPolcy: {}}", "passwordPolcy", "not a known key", "'passwordPolicy'"),
    ("{encryptVolumes: 'yes'}", "encryptVolumes", "'yes'", "true or false"),
    ("{passwordPolicy: {minimumLength: 6}}", "minimumLength", "too small", "8"),
    ("{metadataHops: 65}", "metadataHops", "too large", "64"),
    ("{volumeKeys: {eu-west-1: alias/x}}", "eu-west-1", "not valid", "a key's ARN"),
    (f"{{volumeKeys: {{us-east-1: {KEY}}}}}", "us-east-1", "the key is in eu-west-1", "us-east-1:"),
    (f"{{volumeKeys: {{eu-west-2: {KEY}}}}}", "eu-west-2", "", ""),
    (
        f"{{encryptVolumes: false, volumeKeys: {{eu-west-1: {KEY}}}}}",
        "volumeKeys",
        "not encrypted",
        "encryptVolumes: true",
    ),
    ("{contacts: {security: {name: A, title: B, phone: '1'}}}", "email", "missing", "add it"),
    (
        f"{{contacts: {{security: {CONTACT.replace('+1', 'call me')}}}}}",
        "phone",
        "'call me' is not valid",
        "+49 30",
    ),
    (
        f"{{contacts: {{security: {CONTACT.replace('a@example.com', 'a')}}}}}",
        "email",
        "'a' is not valid",
        "security@example.com",
    ),
    (f"{{contacts: {{press: {CONTACT}}}}}", "press", "not a known key", "security"),
    (f"{{budget: {{{TOLD}}}}}", "baseline.budget", "no amount", "add amount:"),
    ("{budget: {amount: 0, notify: [a@b.de]}}", "amount", "too small", "0.01"),
    ("{budget: {amount: '5', notify: [a@b.de]}}", "amount", "a number", "without quotes"),
    ("{budget: {amount: 5}}", "baseline.budget", "notifies nobody", "notify:"),
    ("{budget: {amount: 5, notify: [a]}}", "notify[0]", "'a' is not valid", "e-mail"),
    (f"{{budget: {{amount: 5, currency: usd, {TOLD}}}}}", "currency", "'usd'", "USD"),
    (
        f"{{budget: {{amount: 5, {TOLD}, actual: [10, 20, 30, 40, 50]}}}}",
        "baseline.budget",
        "6 alerts",
        "AWS allows 5",
    ),
    (f"{{budget: {{amount: 5, {TOLD}, actual: [80, 80]}}}}", "budget", "are the same", "keep one"),
    (f"{{budget: {{amount: 5, {TOLD}, actual: [0]}}}}", "actual[0]", "too small", "1"),
    (
        "{budget: {amount: 5, notify: [a@b.de, a@b.de]}}",
        "notify",
        "is listed twice",
        "keep one",
    ),
    (
        f"{{budget: {{amount: 5, notify: [{', '.join(f'a{n}@b.de' for n in range(11))}]}}}}",
        "notify",
        "11 addresses",
        "AWS allows 10",
    ),
    ("{managementAccount: {budget: {amount: 5}}}", "managementAccount.budget", "nobody", "notify:"),
]


@pytest.mark.parametrize(("text", "path", "what", "fix"), MISTAKES)
def test_baseline_mistake_is_reported_once_with_its_line(
    text: str, path: str, what: str, fix: str
) -> None:
    whole = with_baseline(text)
    found = problems(whole)
    (problem,) = found[:1] if path == "eu-west-2" else found
    assert problem.path.endswith(path)
    assert what in problem.what
    assert fix in problem.fix
    assert problem.location is not None
    assert problem.location.line == line_of(whole, "landfall:baseline")


def test_baseline_mistakes_are_reported_together() -> None:
    text = "{budget: {amount: 5}, metadataHops: 0, encryptVolumes: 1, contacts: {security: {}}}"
    said = [problem.path.rpartition("baseline.")[2] for problem in problems(with_baseline(text))]
    assert said == [
        "budget",
        "metadataHops",
        "encryptVolumes",
        *("contacts.security." + part for part in ("email", "name", "phone", "title")),
    ]


def test_baseline_mistake_of_one_account_is_reported_at_its_place() -> None:
    text = changed((DEV, f"{DEV}, baseline: {{budget: {{amount: 7}}}}"))
    (problem,) = problems(text)
    assert problem.path == "landfall:accounts.orders-dev.baseline.budget"
    around = "  landfall:baseline: {budget: {amount: 5, notify: [a@example.com]}}\n"
    assert problems(text + around) == []


def test_contacts_without_trusted_access_are_reported() -> None:
    text = changed(
        ("guardrails: [deny-leaving-organization]", "trustedServices: [sso.amazonaws.com]")
    )
    (problem,) = problems(f"{text}  landfall:baseline: {{contacts: {{billing: {CONTACT}}}}}\n")
    assert problem.path == "landfall:baseline.contacts"
    assert "account.amazonaws.com" in problem.fix


def test_baseline_part_missing_in_the_partition_is_reported() -> None:
    text = changed(("aws:region: eu-west-1", "aws:region: us-gov-west-1"))
    text = text.replace("regions: [eu-west-1, us-east-1]", "regions: [us-gov-west-1]")
    given = f"{{contacts: {{billing: {CONTACT}}}, budget: {{amount: 5, {TOLD}}}}}"
    found = problems(f"{text}  landfall:baseline: {given}\n")
    assert [problem.path for problem in found] == [
        "landfall:baseline.contacts",
        "landfall:baseline.budget",
    ]


def test_govcloud_account_with_closing_is_refused() -> None:
    text = changed(
        ("aws:region: eu-west-1", "aws:region: us-gov-west-1"),
        (DEV, f"{DEV}, closeOnDeletion: true"),
    )
    text = text.replace("regions: [eu-west-1, us-east-1]", "regions: [us-gov-west-1]")
    (problem,) = problems(text)
    assert problem.path == "landfall:accounts.orders-dev.closeOnDeletion"


def test_references_to_a_suspended_account_are_reported_together() -> None:
    text = changed(SUSPENDED, ("unit: Workloads/Dev}", "unit: Old}"))
    text = text.replace(
        "managedPolicies: [SecurityAudit]",
        "managedPolicies: [SecurityAudit]\n        accounts: [orders-dev, orders-prod]",
    )
    found = problems(text)
    assert [problem.path for problem in found] == [
        "landfall:access.roles.reader.accounts[0]",
        "landfall:delivery.applications.orders.environments.dev.account",
    ]
    assert {"in the suspended unit" in problem.what for problem in found} == {True}


def test_suspended_delivery_account_is_refused() -> None:
    text = changed(
        SUSPENDED, ("example.com, purpose: delivery}", "example.com, purpose: delivery, unit: Old}")
    )
    assert [problem.path for problem in problems(text)] == ["landfall:accounts.delivery.unit"]


def test_baseline_layer_overrides_only_its_own_values() -> None:
    person = Contact(name="A", title="B", email="a@b.de", phone="1")
    base = Baseline(
        password_policy=PasswordPolicy(minimum_length=20),
        volume_keys={"eu-west-1": KEY},
        budget=Budget(amount=5, notify=("a@b.de",)),
        contacts=Contacts(security=person),
    )
    over = Baseline(
        password_policy=PasswordPolicy(remembered=5),
        volume_keys={"us-east-1": OTHER},
        budget=Budget(amount=7),
        contacts=Contacts(billing=person),
        encrypt_volumes=False,
    )
    found = layered(base, over)
    assert (found.password_policy.minimum_length, found.password_policy.remembered) == (20, 5)
    assert found.volume_keys == {"eu-west-1": KEY, "us-east-1": OTHER}
    assert (found.budget.amount, found.budget.notify) == (7, ("a@b.de",))
    assert set(found.contacts.given()) == {"security", "billing"}
    assert not found.encrypt_volumes
    assert found.block_public_buckets
    assert layered(found, Baseline()) == found


@pytest.mark.parametrize("part", ["encryptVolumes", "blockPublicBuckets", "requireImdsv2"])
def test_needs_of_the_platform_include_enabled_baseline_parts(part: str) -> None:
    wanted = {
        "encryptVolumes": "ec2:EnableEbsEncryptionByDefault",
        "blockPublicBuckets": "s3:PutAccountPublicAccessBlock",
        "requireImdsv2": "ec2:ModifyInstanceMetadataDefaults",
    }[part]

    def asked(text: str) -> set[str]:
        return {n.account for n in needs(stack(text)) if wanted in n.actions}

    assert asked(SMALL) == {"audit", "delivery", "orders-dev", "orders-prod"}
    assert asked(with_baseline(f"{{{part}: false}}")) == set()
    assert asked(with_baseline("{enabled: false}")) == set()


def test_guardrail_that_denies_the_baseline_is_refused() -> None:
    own = "{statements: [{sid: NoDefaults, actions: 'ec2:ModifyInstanceMetadataDefaults'}]}"
    text = changed(("[restrict-regions]", "[mine]")) + f"  landfall:guardrails: {{mine: {own}}}\n"
    (problem,) = problems(text)
    assert "denies ec2:ModifyInstanceMetadataDefaults" in problem.what
    assert problems(f"{text}  landfall:baseline: {{requireImdsv2: false}}\n") == []


def test_suspended_account_keeps_only_contacts_and_budget() -> None:
    text = changed(SUSPENDED, ("unit: Workloads/Prod}", "unit: Old}"))
    text = text.replace("          prod: {account: orders-prod}\n", "")
    settings = stack(f"{text}  landfall:baseline: {{budget: {{amount: 5, {TOLD}}}}}\n")
    found = effective_baseline.of_account(settings, "orders-prod")
    assert not effective_baseline.stands(found)
    assert found.budget.amount == 5
    assert settings.holders(settings.access.roles["reader"]) == ["audit", "delivery", "orders-dev"]
