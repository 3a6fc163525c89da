"""The page docs/mistakes.md: each kind of mistake with an example and its message.

`python -m tests.validation.mistake_docs` writes the page. An example changes the small stack of the
tests; `test_mistake_docs.py` shows that each gives its kind of mistake and no other.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from typing import Final

from landfall import pages
from landfall.problems import Problem
from landfall.validation.kinds import MEANINGS, Kind
from tests.settings.stacks import SMALL, changed, problems

PAGE: Final = Path(__file__).parents[2] / "docs" / "mistakes.md"
BEGIN: Final = "<!-- kinds: python -m tests.validation.mistake_docs -->"
END: Final = "<!-- end of kinds -->"

Changes = tuple[tuple[str, str], ...]

_AUDIT = "audit: {email: aws+audit@example.com, unit: Security, purpose: audit}"
_DEV = "dev: {account: orders-dev}"
_DEPLOY = "deploy: {lambda: orders}"
_MANAGED = "managedPolicies: [SecurityAudit]"
_SOURCE = "source: {connection: github, repository: example/orders}"
_REGIONS = "regions: [eu-west-1, us-east-1]"
_PRINCIPALS = "principals: [{account: audit, role: landfall/auditor}]"
_OWN = "  landfall:accounts:\n"

EXAMPLES: Final[dict[Kind, Changes]] = {
    Kind.UNKNOWN_KEY: (("Security: {}", "Security: {gaurdrails: []}"),),
    Kind.MISSING_KEY: ((_AUDIT, "audit: {unit: Security, purpose: audit}"),),
    Kind.WRONG_TYPE: (("Security: {}", "Security: {tags: {cost: 12}}"),),
    Kind.MALFORMED_VALUE: ((_AUDIT, _AUDIT[:-1] + ", id: '12'}"),),
    Kind.OUT_OF_RANGE: ((_MANAGED, f"{_MANAGED}\n        sessionHours: 13"),),
    Kind.UNKNOWN_CHOICE: ((_AUDIT, _AUDIT.replace("purpose: audit", "purpose: audti")),),
    Kind.INVALID_VALUE: (("Security: {}", "Security: {tags: {team: 'a;b'}}"),),
    Kind.SECRET_VALUE: ((_AUDIT, "audit: {email: {secure: v1:abc}, unit: Security}"),),
    Kind.PLAINTEXT_CREDENTIAL: (
        (_DEPLOY, f"build: {{environment: {{DB_PASSWORD: x}}}}\n        {_DEPLOY}"),
    ),
    Kind.UNKNOWN_ACCOUNT: ((_DEV, "dev: {account: order-dev}"),),
    Kind.SUSPENDED_ACCOUNT: (
        ("Security: {}", "Security: {}\n      Old: {suspended: true}"),
        ("orders-dev@example.com, unit: Workloads/Dev", "orders-dev@example.com, unit: Old"),
    ),
    Kind.UNKNOWN_UNIT: ((_AUDIT, _AUDIT.replace("unit: Security", "unit: Securty")),),
    Kind.UNKNOWN_GUARDRAIL: (("[restrict-regions]", "[restrict-region]"),),
    Kind.UNKNOWN_REGION: ((_REGIONS, "regions: [eu-west-1, eu-wst-2]"),),
    Kind.UNKNOWN_REFERENCE: ((_SOURCE, "source: {connection: gitub, repository: a/b}"),),
    Kind.UNUSED_REGION: ((_DEV, "dev: {account: orders-dev, region: us-east-2}"),),
    Kind.HOME_REGION: ((_REGIONS, "regions: [us-east-1, eu-west-1]"),),
    Kind.WRONG_REGION: (
        (
            "Security: {}",
            "Security: {baseline: {volumeKeys: "
            "{eu-west-1: 'arn:aws:kms:us-east-1:111122223333:key/a'}}}",
        ),
    ),
    Kind.OTHER_PARTITION: ((_REGIONS, "regions: [eu-west-1, cn-north-1]"),),
    Kind.NAME_TAKEN: (("reader:", "orders-dev-deploy:"),),
    Kind.DUPLICATE_SETTING: (
        (
            _OWN,
            "  landfall:baseline:\n    budget:\n      amount: 100\n"
            f"      notify: [aws@example.com, aws@example.com]\n{_OWN}",
        ),
    ),
    Kind.CONFLICTING_SETTINGS: (
        (_DEV, "dev: {account: orders-dev, branches: [dev], triggers: [{branches: [dev]}]}"),
    ),
    Kind.MISSING_SETTING: ((_PRINCIPALS, "description: Reads everything"),),
    Kind.UNSUPPORTED: (
        (_SOURCE, "source: {bucket: sources, key: a.zip}\n        strategy: trunk"),
    ),
    Kind.EXCEEDS_LIMIT: (("reader:", f"{'r' * 65}:"),),
    Kind.TOO_PERMISSIVE: (
        (
            _MANAGED,
            f"{_MANAGED}\n        federated: [{{provider: github, subjects: ['repo:*']}}]"
            "\n    oidcProviders: {github: {issuer: github}}",
        ),
    ),
    Kind.GUARDRAIL_LOCKOUT: (
        ("Dev: {guardrails: [restrict-regions]}", "Dev: {guardrails: [no-updates]}"),
        (
            _OWN,
            "  landfall:guardrails:\n    no-updates:\n      statements:\n"
            f"        - {{actions: 'cloudformation:*'}}\n        - {{actions: 'lambda:*'}}\n{_OWN}",
        ),
    ),
    Kind.INCOMPLETE_RENAME: (("Prod: {}", "Prod: {formerly: Dev}"),),
}


def found(kind: Kind) -> list[Problem]:
    """Return the problems of the small stack with the example of a kind."""
    return problems(changed(*EXAMPLES[kind]))


def _sections() -> Iterator[str]:
    for kind in Kind:
        problem = found(kind)[0]
        text = f"{problem.path}: {problem.what} [{problem.id}]\n    {problem.fix}"
        example = "\n".join(_shown(old, new) for old, new in EXAMPLES[kind])
        yield (
            f"\n## {kind}\n\n{MEANINGS[kind]}\n\n```yaml\n{example}\n```\n\n```text\n{text}\n```\n"
        )


def _shown(old: str, new: str) -> str:
    """Return the changed lines as they are in the file, without the indentation they share."""
    line_start = SMALL.rindex("\n", 0, SMALL.index(old)) + 1
    before = SMALL[line_start : SMALL.index(old)]
    if new.endswith(old):  # an earlier change
        return dedent(before + new.removesuffix(old)).rstrip()
    rest = SMALL[SMALL.index(old) + len(old) :].partition("\n")[0]
    return dedent(before + new + rest)


def renewed(page: str) -> str:
    """Return a page with the sections of the kinds written anew."""
    return pages.renewed(page, BEGIN, END, "\n" + "".join(_sections()) + "\n")


def main() -> None:
    """Write the page."""
    PAGE.write_text(renewed(PAGE.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
