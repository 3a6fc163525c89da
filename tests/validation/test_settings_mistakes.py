"""Each mistake in a stack file is reported once, with its line, path and fix."""

from __future__ import annotations

import pytest

from landfall.aws.quotas import QUOTAS
from tests.settings.stacks import FILE, SMALL, changed, line_of, problems, stack

DEV_ACCOUNT = "orders-dev: {email: aws+orders-dev@example.com, unit: Workloads/Dev}"
ROLE = "managedPolicies: [SecurityAudit]"
PRINCIPAL = "{account: audit, role: landfall/auditor}"
SOURCE = "source: {connection: github, repository: example/orders}"
DEPLOY = "deploy: {lambda: orders}"
DEV = "dev: {account: orders-dev}"
REGIONS = "regions: [eu-west-1, us-east-1]"
UNITS = "Security: {}"
DEEP = "Security: {units: {A: {units: {B: {units: {C: {units: {D: {units: {E: {}}}}}}}}}}}"

CI = "https://ci.example.com"


def trusting(
    subject: str, provider: str = "github", issuer: str = "github", audience: str = ""
) -> str:
    """Return the rest of a role that tokens may assume, and the provider named `github`."""
    return (
        f"{ROLE}\n        federated: [{{provider: {provider}, subjects: ['{subject}']}}]"
        f"\n    oidcProviders: {{github: {{issuer: '{issuer}'{audience}}}}}"
    )


@pytest.mark.parametrize(
    "subject",
    [
        "repo:example@1234567/depot@7654321:environment:live",
        "repo:example@1234567/depot@7654321:ref:refs/heads/*",
        "repo:example/depot:environment:live",
    ],
)
def test_github_subject_with_ids_of_owner_and_repository_is_valid(subject: str) -> None:
    assert problems(changed((ROLE, trusting(subject)))) == []


def test_small_stack_is_valid() -> None:
    assert problems(SMALL) == []


# a text of the small stack, its replacement, then of the one problem: the end of its
# path, a part of what is wrong, a part of the fix
MISTAKES = [
    # form
    (UNITS, "Security: {gaurdrails: []}", "Security.gaurdrails", "not a known key", "'guardrails'"),
    (UNITS, "Security: {account_role: x}", "Security.account_role", "known key", "choose"),
    (UNITS, "Security:", "units.Security", "expected a mapping, got nothing", "write {}"),
    (UNITS, "Security: [a]", "units.Security", "expected a mapping, got a list", "key: value"),
    (UNITS, "Security: {guardrails: {a: b}}", "guardrails", "expected a list, got a mapping", "- "),
    (UNITS, "Security: {guardrails: [deny-all, deny-all]}", "guardrails", "twice", "keep one"),
    (UNITS, "Security: {tags: {cost: 12}}", "tags.cost", "expected a text, got '12'", "quotes"),
    (UNITS, "Security: {tags: {on call: yes}}", "tags.on call", "a text", "yes and no"),
    (UNITS, "Security: {tags: {day: 2026-01-02}}", "tags.day", "the date 2026-01-02", "quotes"),
    (UNITS, "Security: {id: ou-ab12-c3d4e5f6}", "Security.id", "existing", "mode: adopt"),
    (DEV_ACCOUNT, "orders-dev: {unit: Workloads/Dev}", "orders-dev.email", "missing", "add it"),
    (DEV_ACCOUNT, "orders-dev:", "accounts.orders-dev", "got nothing", "write {}"),
    (DEV_ACCOUNT, DEV_ACCOUNT[:-1] + ", purpose: audti}", "purpose", "'audti'", "'audit'"),
    (DEV_ACCOUNT, DEV_ACCOUNT[:-1] + ", id: 012345670}", "id", "expected a text", "quotes"),
    (DEV_ACCOUNT, DEV_ACCOUNT[:-1] + ", id: '12'}", "id", "'12' is not valid", "twelve digits"),
    (DEV_ACCOUNT, DEV_ACCOUNT[:-1] + ", id: '١٢٣٤٥٦٧٨٩٠١٢'}", "id", "is not valid", "twelve"),
    (DEV_ACCOUNT, DEV_ACCOUNT[:-1] + ', closeOnDeletion: "yes"}', "closeOnDeletion", "'yes'", ""),
    (DEV_ACCOUNT, DEV_ACCOUNT.replace("example.com", "x"), "email", "not valid", "e-mail address"),
    (DEV_ACCOUNT, DEV_ACCOUNT.replace("orders-dev@", "a" * 60 + "@"), "email", "long", "64"),
    (DEV_ACCOUNT, DEV_ACCOUNT[:-1] + f", name: {'n' * 51}}}", "name", "too long", "50"),
    (ROLE, ROLE + "\n        sessionHours: 13", "sessionHours", "'13' is too large", "12"),
    (ROLE, ROLE + "\n        sessionHours: '3'", "sessionHours", "'3'", "without quotes"),
    (ROLE, "statements: [{actions: s3}]", "actions", "'s3' is not valid", "s3:GetObject"),
    (ROLE, "statements: [{actions: s3:*, effect: allow}]", "effect", "'allow'", "'Allow'"),
    (
        ROLE,
        "statements: [{actions: s3:*, conditions: {StringEqual: {a: b}}}]",
        "conditions.StringEqual",
        "is not valid",
        "StringEquals",
    ),
    ("provider: GitHub", "provider: github", "github.provider", "'github'", "'GitHub'"),
    (DEPLOY, "deploy: {lamda: orders}", "orders.deploy", "needs one of", "key of its kind"),
    (DEPLOY, "deploy: {lambda: orders, traffic: canary}", "deploy.traffic", "'canary'", "linear"),
    (SOURCE, "source: {connection: github, repository: x}", "repository", "valid", "owner/name"),
    # references
    ("unit: Workloads/Dev", "unit: Workloads/Deb", "unit", "'Workloads/Deb'", "'Workloads/Dev'"),
    ("unit: Workloads/Dev", "unit: dev", "unit", "'dev'", "'Workloads/Dev'"),
    ("[restrict-regions]", "[restrict-region]", "guardrails[0]", "no guard", "restrict-regions'"),
    (PRINCIPAL, "{account: audti, role: x}", "principals[0].account", "'audti'", "'audit'"),
    (ROLE, ROLE + "\n        accounts: [nobody]", "accounts[0]", "no account 'nobody'", "choose"),
    (ROLE, ROLE + "\n        units: [Workload]", "units[0]", "no organiz", "'Workloads'"),
    (DEV, "dev: {account: order-dev}", "dev.account", "'order-dev'", "'orders-dev'"),
    (DEV, "dev: {account: orders-dev, region: us-east-2}", "dev.region", "not used", "add it"),
    (DEV, "dev: {account: orders-dev, region: us-est-1}", "dev.region", "no region", "'us-east-1'"),
    (SOURCE, "source: {connection: gitub, repository: a/b}", "connection", "'gitub'", "'github'"),
    (", purpose: delivery}", "}", "landfall:delivery", "no account for the pipelines", "purpose"),
    # regions
    (REGIONS, "regions: [us-east-1]", "regions", "eu-west-1 is not among", "add eu-west-1"),
    (REGIONS, "regions: [us-east-1, eu-west-1]", "regions", "not the first region", "front"),
    (REGIONS, "regions: [eu-west-1, eu-wst-2]", "regions[1]", "no region", "'eu-west-2'"),
    (REGIONS, "regions: [eu-west-1, cn-north-1]", "regions[1]", "partition aws-cn", "partition"),
    ("aws:region: eu-west-1", "aws:region: eu-wst-1", "aws:region", "no region", "'eu-west-1'"),
    ("aws:region: eu-west-1", "aws:region: Ireland", "aws:region", "is not valid", "eu-west-1"),
    # AWS's rules for units, accounts, tags
    (UNITS, DEEP, "units.E", "6 levels", "AWS allows 5"),
    (UNITS, "Security: {units: {a/b: {}}}", "units.a/b", "'/'", "nest"),
    (UNITS, f"{UNITS}\n      security: {{}}", "units.security", "'Security'", "another"),
    (UNITS, f"{UNITS}\n      Root: {{}}", "units.Root", "organization's root", "another name"),
    (UNITS, f"{UNITS}\n      {'u' * 129}: {{}}", "u", "129 characters", "128"),
    (UNITS, f"{UNITS}\n      ' x': {{}}", "units. x", "spaces", "name"),
    (UNITS, "Security: {tags: {'aws:x': y}}", "tags.aws:x", "reserved", "another key"),
    (UNITS, "Security: {tags: {x: 'a;b'}}", "tags.x", "character", "letters"),
    (DEV_ACCOUNT, DEV_ACCOUNT.replace("orders-dev@", "AUDIT@"), "email", "'audit' has", "unique"),
    (DEV_ACCOUNT, DEV_ACCOUNT[:-1] + ", name: Audit}", "name", "'audit' has the same", "unique"),
    (DEV_ACCOUNT, DEV_ACCOUNT[:-1] + ", purpose: audit}", "purpose", "'audit' has", "unique"),
    (
        DEV_ACCOUNT,
        "\n".join(
            f"    a{n}: {{email: aws+{n}@example.com}}" if n else "a0: {email: x@example.com}"
            for n in range(8)
        ).lstrip()
        + f"\n    {DEV_ACCOUNT}",
        "landfall:accounts",
        "13 accounts",
        "landfall:quotas.accounts",
    ),
    # roles
    (ROLE, "description: nothing", "roles.reader", "has no permissions", "statements"),
    ("reader:", f"{'r' * 65}:", "r", "65 characters", "64"),
    ("reader:", "orders-dev-deploy:", "orders-dev-deploy", "has a role", "another name"),
    ("reader:", "organizationaccountaccessrole:", "role", "management account", "another"),
    (ROLE, "managedPolicies: ['arn:aws-cn:iam::aws:policy/X']", "[0]", "partition aws", "only"),
    (ROLE, f"{ROLE}\n        boundary: bounds", "boundary", "no permissions", "none is defined"),
    # OIDC
    (
        "principals: [" + PRINCIPAL + "]",
        "description: nobody's",
        "reader.principals",
        "nobody may",
        "principals",
    ),
    (ROLE, trusting("repo:*"), "subjects[0]", "'repo:*' does not identify one", "OWNER/REPOSITORY"),
    (ROLE, trusting("repo:a/*:environment:x"), "subjects[0]", "one project", "OWNER/REPOSITORY"),
    (ROLE, trusting("repo:a/b:ref:refs/heads/*", "gitub"), "provider", "'gitub'", "'github'"),
    # Both names have ids, or neither.
    (ROLE, trusting("repo:a@1/b:environment:x"), "subjects[0]", "one project", "OWNER@ID/"),
    (ROLE, trusting("repo:a/b@1:environment:x"), "subjects[0]", "one project", "OWNER@ID/"),
    (ROLE, trusting("repo:a@*/b@1:environment:x"), "subjects[0]", "one project", "OWNER@ID/"),
    (ROLE, trusting("repo:a@x/b@1:environment:x"), "subjects[0]", "one project", "OWNER@ID/"),
    (ROLE, trusting("repo:a/b:x", issuer="gitlab"), "subjects[0]", "one project", "project_path"),
    (ROLE, trusting("job-*", issuer=CI, audience=", audience: x"), "[0]", "one project", "wildc"),
    (ROLE, trusting("a", issuer=CI), "audience", "missing", "'aud'"),
    (ROLE, trusting("a", issuer="http://ci.example.com"), "issuer", "not an issuer", "https://"),
    # delivery
    (DEPLOY, f"build: {{environment: {{DB_PASSWORD: x}}}}\n        {DEPLOY}", "WORD", "cred", ""),
    (DEPLOY, f"build: {{environment: {{API_KEY: x}}}}\n        {DEPLOY}", "KEY", "cred", "secrets"),
    (DEPLOY, f"build: {{environment: {{PORT: 80}}}}\n        {DEPLOY}", "PORT", "'80'", "quotes"),
    (SOURCE, "source: {bucket: bkt, key: k.zip}\n        strategy: trunk", "strategy", "S3", "rem"),
    (DEV, "dev: {account: orders-dev, branches: []}", "dev", "no branch", "branches:"),
    (DEV, f"{'d' * 95}: {{account: orders-dev}}", "d", "characters", "AWS allows"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "path", "what", "fix"), MISTAKES)
def test_mistake_is_reported_with_line_path_and_fix(
    old: str, new: str, path: str, what: str, fix: str
) -> None:
    found = problems(changed((old, new)))
    matching = [problem for problem in found if problem.path.endswith(path)]
    assert matching, [str(problem) for problem in found]
    assert what in matching[0].what
    assert fix in matching[0].fix
    assert matching[0].location is not None
    assert matching[0].location.line > 1
    # One mistake gives one problem, without its consequences. Long names break two limits.
    assert len({problem.path for problem in found}) == 1, [str(problem) for problem in found]


def test_several_mistakes_are_reported_in_file_order() -> None:
    text = changed(
        ("aws:region: eu-west-1", "aws:region: eu-wst-1"),
        (UNITS, "Security: {gaurdrails: []}"),
        ("unit: Workloads/Dev", "unit: Workloads/Deb"),
        (PRINCIPAL, "{account: audti, role: x}"),
        (DEPLOY, "deploy: {lamda: orders}"),
    )
    found = problems(text)
    assert [problem.path for problem in found] == [
        "aws:region",
        "landfall:organization.units.Security.gaurdrails",
        "landfall:accounts.orders-dev.unit",
        "landfall:access.roles.reader.principals[0].account",
        "landfall:delivery.applications.orders.deploy",
    ]
    lines = [problem.location.line for problem in found if problem.location]
    parts = ("eu-wst-1", "gaurdrails", "Workloads/Deb", "audti", "lamda")
    assert lines == [line_of(text, part) for part in parts]
    assert all(problem.location and problem.location.file == FILE for problem in found)


@pytest.mark.parametrize(
    ("setting", "path", "fix"),
    [
        ("baseline: {quotas: {vpc: {value: 5}}}", "quotas.vpc", "as in vpc/L-F678F1CE"),
        ("baseline: {quotas: {vpc/L-F678F1CE: {value: 0}}}", "value", "more than 0"),
        ("access: {roles: {a: {services: ['*']}}}", "services[0]", "as in ec2"),
        (
            "sharing: {shares: {a: {account: a, accounts: [b], resources: [x]}}}",
            "resources[0]",
            "resource's ARN",
        ),
        ("costs: {allocationTags: ['']}", "allocationTags[0]", "at least one character"),
        ("security: {trail: {logGroupDays: 17}}", "logGroupDays", "write one of 1, 3, 5, 7, 14"),
    ],
)
def test_malformed_value_has_one_mistake_with_an_example(setting: str, path: str, fix: str) -> None:
    accounts = "{a: {email: aws+a@example.com}, b: {email: aws+b@example.com, purpose: audit}, "
    accounts += "c: {email: aws+c@example.com, purpose: log-archive}}"
    (found,) = problems(
        "config:\n"
        "  aws:region: eu-west-1\n"
        "  landfall:organization: {}\n"
        f"  landfall:accounts: {accounts}\n"
        f"  landfall:{setting}\n"
    )
    assert found.path.endswith(path)
    assert fix in found.fix
    assert found.location is not None
    assert found.location.line == 5


def test_name_of_a_user_in_a_path_may_be_any_word() -> None:
    text = (
        "config:\n"
        "  aws:region: eu-west-1\n"
        "  landfall:organization: {}\n"
        "  landfall:accounts:\n"
        "    text: {email: 5}\n"
        "    S3Deploy: {email: [], emial: x}\n"
    )
    found = [(each.location.line, each.path) for each in problems(text) if each.location]
    assert found == [
        (5, "landfall:accounts.text.email"),
        (6, "landfall:accounts.S3Deploy.email"),
        (6, "landfall:accounts.S3Deploy.emial"),
    ]


def test_reference_to_a_malformed_setting_is_not_reported() -> None:
    # The account lacks its e-mail: the pipeline that delivers to it is still valid.
    text = changed((DEV_ACCOUNT, "orders-dev: {unit: Workloads/Dev}"))
    assert [problem.path for problem in problems(text)] == ["landfall:accounts.orders-dev.email"]


def test_index_after_a_malformed_entry_counts_the_whole_list() -> None:
    text = changed((f"[{PRINCIPAL}]", "[{acount: audit, role: x}, {account: nobody, role: y}]"))
    paths = [problem.path.rpartition("roles.")[2] for problem in problems(text)]
    assert "reader.principals[1].account" in paths
    assert "reader.principals[0].acount" in paths


@pytest.mark.parametrize(
    ("key", "fix"),
    [
        ("landfall:delivry", "'landfall:delivery'"),
        ("landfal:delivery", "'landfall:delivery'"),
        ("delivery", "'landfall:delivery'"),
    ],
)
def test_misspelled_key_of_the_project_is_reported_with_a_suggestion(key: str, fix: str) -> None:
    text = changed(("landfall:delivery:", f"{key}:"))
    assert fix in next(problem.fix for problem in problems(text) if problem.path == key)


def test_key_one_level_too_high_is_reported_with_its_place() -> None:
    (problem,) = problems(f"{SMALL}  landfall:regions: [eu-west-1]\n")
    assert problem.fix == "did you mean 'landfall:organization.regions'?"


def test_removed_development_account_does_not_suggest_production() -> None:
    (problem,) = problems(changed((f"    {DEV_ACCOUNT}\n", "")))
    assert problem.what == "there is no account 'orders-dev'"
    assert problem.fix == "choose one of: audit, delivery, orders-prod"


def test_keys_of_other_projects_and_providers_are_ignored() -> None:
    text = f"{SMALL}  aws:defaultTags: {{tags: {{a: b}}}}\n  other:accounts: 3\n"
    assert problems(text) == []


def test_secret_in_plain_settings_is_refused_and_not_shown() -> None:
    text = changed(("email: aws+audit@example.com", "email: {secure: v1:abcdef}"))
    (problem,) = problems(text)
    assert problem.path == "landfall:accounts.audit.email"
    assert "secret" in problem.what
    assert "abcdef" not in str(problem)


def test_addresses_with_different_plus_parts_are_different() -> None:
    assert stack().accounts["audit"].email != stack().accounts["delivery"].email


def test_value_in_a_message_is_short_and_has_no_control_characters() -> None:
    text = changed(("provider: GitHub", f'provider: "\\e[31m{"x" * 500}"'))
    (problem,) = problems(text)
    assert "\x1b" not in str(problem)
    assert len(problem.what) < 120


def test_guardrails_over_the_size_limit_are_reported_with_target_and_size() -> None:
    statement = f"{{actions: s3:*, resources: '{'arn:aws:s3:::' + 'x' * 500}'}}"
    own = f"landfall:guardrails: {{huge: {{statements: [{', '.join([statement] * 20)}]}}}}\n"
    text = changed(
        ("[restrict-regions]", "[huge]"), ("landfall:accounts:", f"{own}  landfall:accounts:")
    )
    assert problems(text) == []
    limited = f"{text}  landfall:quotas: {{serviceControlPoliciesPerTarget: 2}}\n"
    (problem,) = problems(limited)
    assert problem.path == "landfall:organization.units.Workloads.units.Dev.guardrails"
    assert "'Workloads/Dev'" in problem.what
    assert "huge" in problem.fix
    assert str(QUOTAS["serviceControlPolicySize"].value) in problem.what


@pytest.mark.parametrize(
    "own",
    [
        "{statements: [{actions: s3:*, notActions: s3:*}]}",
        "{statements: [{resources: '*'}]}",
        "{statements: [{actions: s3:*, effect: Allow}]}",
        "{type: RESOURCE_CONTROL_POLICY, statements: [{notActions: s3:*}]}",
        "{type: RESOURCE_CONTROL_POLICY, statements: [{actions: '*'}]}",
        "{statements: []}",
    ],
)
def test_guardrail_that_aws_would_refuse_is_refused(own: str) -> None:
    text = f"{SMALL}  landfall:guardrails: {{mine: {own}}}\n"
    assert [p.path.startswith("landfall:guardrails.mine") for p in problems(text)] == [True]


def test_custom_guardrail_with_a_catalogue_name_is_refused() -> None:
    own = "{statements: [{actions: s3:*}]}"
    text = f"{SMALL}  landfall:guardrails: {{deny-all: {own}}}\n"
    assert [problem.path for problem in problems(text)] == ["landfall:guardrails.deny-all"]


def test_adopted_organization_needs_an_id_and_accepts_a_parent() -> None:
    adopt = changed((REGIONS, f"mode: adopt\n    {REGIONS}"))
    assert [problem.path for problem in problems(adopt)] == ["landfall:organization.mode"]
    whole = changed(
        (REGIONS, f"mode: adopt\n    id: o-a1b2c3d4e5\n    parent: ou-ab12-c3d4e5f6\n    {REGIONS}")
    )
    assert problems(whole) == []
    created = changed((REGIONS, f"parent: ou-ab12-c3d4e5f6\n    {REGIONS}"))
    assert [problem.path for problem in problems(created)] == ["landfall:organization.parent"]


@pytest.mark.parametrize("name", sorted(QUOTAS))
def test_quota_has_a_date_and_source_and_can_be_raised(name: str) -> None:
    assert QUOTAS[name].source.startswith("https://docs.aws.amazon.com/")
    assert QUOTAS[name].read_on.startswith("2026-")
    raised = stack(f"{SMALL}  landfall:quotas: {{{name}: {QUOTAS[name].value + 1}}}\n")
    assert raised.quota(name) == QUOTAS[name].value + 1


def test_unknown_quota_is_reported() -> None:
    (problem,) = problems(f"{SMALL}  landfall:quotas: {{acounts: 5}}\n")
    assert problem.path == "landfall:quotas.acounts"
    assert "'accounts'" in problem.fix
