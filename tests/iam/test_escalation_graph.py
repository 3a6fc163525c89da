from __future__ import annotations

from dataclasses import replace
from typing import Any

from landfall.iam.documents import Document
from landfall.iam.escalation.accounts import Account, Organization, Principal, Workload
from landfall.iam.escalation.graph import EscalationGraph, build
from tests.iam.cases import FULL, HOME, OTHER, allow, deny, document, trust

MANAGEMENT = "999988887777"
ROLES = "arn:aws:iam::*:role/*"
ORGANIZATION = "o-exampleorgid"


def role(account: str, name: str) -> str:
    return f"arn:aws:iam::{account}:role/{name}"


def user(account: str, name: str) -> str:
    return f"arn:aws:iam::{account}:user/{name}"


def a_role(arn: str, trusted: Document, *statements: Any, **rest: Any) -> Principal:
    return Principal(
        arn, (("own", document(*statements or [allow("s3:List*")])),), trust=trusted, **rest
    )


def a_user(arn: str, *statements: Any, **rest: Any) -> Principal:
    return Principal(arn, (("own", document(*statements)),), **rest)


def graph(*accounts: Account, **rest: Any) -> EscalationGraph:
    return build(Organization(accounts, **rest))


def by_service(name: str) -> Document:
    return trust({"Service": f"{name}.amazonaws.com"})


def steps(found: EscalationGraph, start: str, target: str | None = None) -> list[tuple[str, str]]:
    route = found.shortest(start, target)
    return [(move.path, move.target) for move in route.moves] if route else []


ALICE = user(HOME, "alice")
ADMIN = role(OTHER, "admin")


def test_a_path_leads_through_accounts_to_an_administrator() -> None:
    deploy = role(OTHER, "deploy")
    found = graph(
        Account(HOME, (a_user(ALICE, allow("sts:AssumeRole", deploy)),)),
        Account(
            OTHER,
            (
                a_role(
                    deploy,
                    trust({"AWS": HOME}),
                    allow(["lambda:*"]),
                    allow("iam:PassRole", ADMIN),
                ),
                a_role(ADMIN, by_service("lambda"), allow()),
            ),
        ),
    )
    route = found.shortest(ALICE)
    assert route is not None
    assert route.is_certain
    assert [(move.source, move.path, move.target) for move in route.moves] == [
        (ALICE, "sts:AssumeRole", deploy),
        (deploy, "lambda-001", ADMIN),
        (ADMIN, "administrator", f"administrator of {OTHER}"),
    ]
    assert route.moves[0].proof == (
        f"sts:AssumeRole on {deploy}: allowed by Statement[0] of own and by Statement[0] of "
        "the role's trust policy",
    )
    assert route.proof[1].startswith(f"iam:PassRole on {ADMIN}: Statement[1] of own")
    assert found.shortest(ALICE, HOME) is None
    assert set(found.reaching(OTHER)) == {ALICE, deploy, ADMIN}


def test_path_between_accounts_needs_both_sides_to_allow() -> None:
    def reached(own: Any, trusted: Document, **limits: Any) -> bool:
        home = Account(HOME, (a_user(ALICE, own),), **limits)
        other = Account(OTHER, (a_role(ADMIN, trusted, allow()),))
        found = graph(home, other, id=ORGANIZATION, management_account=MANAGEMENT)
        return bool(steps(found, ALICE))

    may, named = allow("sts:AssumeRole", ADMIN), trust({"AWS": ALICE})
    organization = {"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION}}
    elsewhere = {"StringEquals": {"aws:PrincipalOrgID": "o-another"}}
    assert reached(may, named)
    assert reached(may, trust({"AWS": "*"}, Condition=organization))
    assert not reached(may, trust({"AWS": "*"}, Condition=elsewhere))
    assert not reached(allow("s3:*"), named)
    assert not reached(allow("sts:AssumeRole", role(OTHER, "other")), named)
    assert not reached(may, trust({"AWS": user(HOME, "bob")}))
    assert not reached(may, by_service("ec2"))
    guardrail = (("full", FULL), ("guardrail", document(deny("sts:AssumeRole"))))
    assert not reached(may, named, service_control=(guardrail,))


def test_service_control_policies_do_not_bind_the_management_account() -> None:
    guardrail = ((("full", FULL), ("guardrail", document(deny("sts:*"), deny("iam:*")))),)
    start = user(MANAGEMENT, "operator")
    found = graph(
        Account(MANAGEMENT, (a_user(start, allow()),), service_control=guardrail),
        Account(OTHER, (a_role(ADMIN, trust({"AWS": MANAGEMENT}), allow()),)),
        management_account=MANAGEMENT,
    )
    assert steps(found, start, MANAGEMENT) == [("administrator", f"administrator of {MANAGEMENT}")]
    assert steps(found, start, OTHER)[0] == ("sts:AssumeRole", ADMIN)


def test_trust_in_a_role_includes_its_sessions() -> None:
    first, second = role(HOME, "team/first"), role(OTHER, "second")
    found = graph(
        Account(HOME, (a_role(first, by_service("ec2"), allow("sts:AssumeRole")),)),
        Account(OTHER, (a_role(second, trust({"AWS": first}), allow("s3:*")),)),
    )
    assert steps(found, first, second) == [("sts:AssumeRole", second)]
    assert found.shortest(first) is None


def test_the_shortest_way_is_taken_and_the_certain_one_of_two() -> None:
    mfa = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    sure, unsure = role(HOME, "sure"), role(HOME, "unsure")
    found = graph(
        Account(
            HOME,
            (
                a_user(ALICE, allow("s3:*")),
                a_role(unsure, trust({"AWS": ALICE}, Condition=mfa), allow()),
                a_role(sure, trust({"AWS": ALICE}), allow()),
            ),
        )
    )
    assert steps(found, ALICE)[0] == ("sts:AssumeRole", sure)
    route = found.shortest(ALICE, unsure)
    assert route is not None
    assert not route.is_certain


def test_a_role_is_passed_to_a_service_that_it_trusts_and_only_if_it_may() -> None:
    web, admin = role(HOME, "web"), role(HOME, "admin")
    start = a_user(ALICE, allow("lambda:*"), allow("iam:PassRole", [web, role(HOME, "batch")]))
    roles = (
        a_role(web, by_service("lambda"), allow("s3:*")),
        a_role(role(HOME, "batch"), by_service("ec2"), allow()),
        a_role(admin, by_service("lambda"), allow()),
    )
    found = graph(Account(HOME, (start, *roles)))
    assert {move.target for move in found.moves() if move.source == ALICE} == {web}
    wide = a_user(ALICE, allow("lambda:*"), allow("iam:PassRole", ROLES))
    assert steps(graph(Account(HOME, (wide, *roles))), ALICE)[0] == ("lambda-001", admin)


def test_code_that_runs_with_a_role_is_a_path_to_it() -> None:
    admin = role(HOME, "admin")
    function = f"arn:aws:lambda:eu-west-1:{HOME}:function:orders"
    start = a_user(ALICE, allow("lambda:UpdateFunctionCode", function))
    place = Account(HOME, (start, a_role(admin, by_service("lambda"), allow())))
    assert steps(graph(place), ALICE) == []
    carrying = replace(place, workloads=(Workload(function, admin),))
    assert steps(graph(carrying), ALICE)[0] == ("lambda-003", admin)
    another = Workload(f"{function}-2", admin)
    assert steps(graph(replace(place, workloads=(another,))), ALICE) == []


def test_instances_are_entered_by_a_command() -> None:
    node = role(HOME, "node")
    instance = f"arn:aws:ec2:eu-west-1:{HOME}:instance/i-0123456789abcdef0"
    start = a_user(ALICE, allow("ssm:SendCommand"))
    place = Account(
        HOME, (start, a_role(node, by_service("ec2"), allow())), (Workload(instance, node),)
    )
    assert steps(graph(place), ALICE)[0] == ("ssm-002", node)


def test_credentials_and_trust_of_others_are_paths() -> None:
    root = user(HOME, "root-like")
    admin = role(HOME, "admin")
    others = (a_user(root, allow()), a_role(admin, by_service("ec2"), allow()))
    keys = a_user(ALICE, allow("iam:CreateAccessKey", root))
    assert steps(graph(Account(HOME, (keys, *others))), ALICE)[0] == ("iam-002", root)
    rewriting = a_user(ALICE, allow("iam:UpdateAssumeRolePolicy", admin))
    assert steps(graph(Account(HOME, (rewriting, *others))), ALICE)[0] == ("iam-012", admin)


def test_principal_that_grants_itself_rights_is_an_administrator() -> None:
    goal = f"administrator of {HOME}"
    group = f"arn:aws:iam::{HOME}:group/team"
    policy = f"arn:aws:iam::{HOME}:policy/team"

    def first(principal: Principal, *others: Principal) -> list[tuple[str, str]]:
        return steps(graph(Account(HOME, (principal, *others))), principal.arn)

    assert first(a_user(ALICE, allow("iam:PutUserPolicy", ALICE))) == [("iam-007", goal)]
    assert first(a_user(ALICE, allow("iam:PutUserPolicy", user(HOME, "bob")))) == []
    put = allow("iam:PutGroupPolicy", group)
    assert first(a_user(ALICE, put)) == []
    assert first(a_user(ALICE, put, groups=(group,))) == [("iam-011", goal)]
    rewriting = Principal(ALICE, ((policy, document(allow("iam:CreatePolicyVersion", policy))),))
    assert first(rewriting) == [("iam-001", goal)]
    web = role(HOME, "web")
    through = a_user(ALICE, allow("iam:PutRolePolicy", web))
    assert first(through, a_role(web, by_service("ec2"))) == []
    both = a_user(ALICE, allow("iam:PutRolePolicy", web), allow("sts:AssumeRole", web))
    assert first(both, a_role(web, by_service("ec2"))) == []
    assert first(both, a_role(web, trust({"AWS": HOME}))) == [("iam-017", goal)]


def test_rights_are_rewritten_of_what_one_then_becomes() -> None:
    policy, web = f"arn:aws:iam::{HOME}:policy/web", role(HOME, "web")
    carrying = Principal(web, ((policy, document(allow("s3:*"))),), trust=by_service("lambda"))
    rewriting = allow("iam:CreatePolicyVersion", policy)
    passing = allow("iam:PassRole", web), allow("lambda:*")
    assert steps(graph(Account(HOME, (a_user(ALICE, rewriting), carrying))), ALICE) == []
    assert steps(graph(Account(HOME, (a_user(ALICE, *passing), carrying))), ALICE) == []
    found = graph(Account(HOME, (a_user(ALICE, rewriting, *passing), carrying)))
    route = found.shortest(ALICE)
    assert route is not None
    (move,) = route.moves
    assert move.path == "iam-001"
    assert move.actions[:2] == ("iam:CreatePolicyVersion", "iam:PassRole")
    assert len(move.proof) == 4


def test_an_administrator_within_a_boundary_is_none() -> None:
    admin = a_user(ALICE, allow(), boundaries=(("edge", document(allow("s3:*"))),))
    assert graph(Account(HOME, (admin,))).shortest(ALICE) is None


def test_external_principal_reaches_nothing() -> None:
    found = graph(Account(HOME, (a_user(ALICE, allow()),)))
    assert found.shortest(user(OTHER, "bob")) is None
    assert found.shortest(ALICE, role(OTHER, "nobody")) is None
    assert found.reaching(OTHER) == {}
