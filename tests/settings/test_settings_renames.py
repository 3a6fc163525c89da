"""`formerly` of applications and environments, and the effect of a rename in AWS."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from landfall.cli import validate as validate_command
from landfall.settings import moves
from tests.settings.stacks import changed, line_of, problems, stack

SALES = ("      orders:\n", "      sales:\n        formerly: orders\n")
UNSAID = ("      orders:\n", "      sales:\n")
# CodeDeploy has an application of this name.
EC2 = (
    "        deploy: {lambda: orders}\n",
    "        deploy: {ec2: orders, autoScalingGroups: web, instanceRoles: [service/web]}\n",
)
DEVELOP = ("          dev: {", "          develop: {formerly: dev, ")
IMAGE = ("        deploy: {lambda: orders}\n", "        deploy: {s3: orders-site}\n")
# A second application beside orders.
SHOP = (
    "      orders:\n",
    "      shop:\n"
    "        source: {connection: github, repository: example/shop}\n"
    "        deploy: {lambda: shop}\n"
    "        environments: {dev: {account: orders-dev}}\n"
    "      orders:\n",
)
CENTER = (
    "    roles:\n",
    "    identityCenter:\n"
    "      instance: ssoins-0123456789abcdef\n"
    "      identityStore: d-0123456789\n"
    "      groups: {builders: {}}\n"
    "      permissionSets: {look: {managedPolicies: [ViewOnlyAccess]}}\n"
    "      assignments: [{group: builders, permissionSets: look, accounts: orders-dev}]\n"
    "    roles:\n",
)


def told(before: str, after: str) -> list[moves.Move]:
    """Return the messages about a change from one stack file to another."""
    return list(moves.moves(stack(after), moves.names(stack(before))))


def one(before: str, after: str) -> moves.Move:
    (move,) = told(before, after)
    return move


AGAIN = ("      shop:\n", "      shop:\n        formerly: orders\n")
FROM_PROD = ("          dev: {", "          dev: {formerly: prod, ")
FROM_ORDERS = (
    "{dev: {account: orders-dev}}",
    "{dev: {account: orders-dev, formerly: orders/dev}}",
)
ITSELF = ("      orders:\n", "      orders:\n        formerly: orders\n")


@pytest.mark.parametrize(
    ("changes", "former", "still"),
    [
        ([ITSELF], "orders", "application 'orders'"),
        ([SHOP, AGAIN], "orders", "application 'orders'"),
        ([FROM_PROD], "prod", "environment 'orders/prod'"),
        ([SHOP, FROM_ORDERS], "orders/dev", "environment 'orders/dev'"),
        ([SALES, FROM_PROD], "prod", "environment 'sales/prod'"),
    ],
)
def test_former_key_that_is_still_a_key_is_a_mistake_with_its_line(
    changes: list[tuple[str, str]], former: str, still: str
) -> None:
    text = changed(changes[0])
    for old, new in changes[1:]:
        assert text.count(old) == 1
        text = text.replace(old, new)
    (problem,) = problems(text)
    assert problem.what == f"{still} still exists"
    assert problem.location
    assert problem.location.line == line_of(text, f"formerly: {former}")
    assert "or remove it" in problem.fix


def test_former_key_of_two_is_a_mistake() -> None:
    twice = changed(SHOP).replace("      shop:\n", "      shop:\n        formerly: gone\n")
    twice = twice.replace("      orders:\n", "      orders:\n        formerly: gone\n")
    found = [problem.what for problem in problems(twice)]
    assert "application 'shop' has the same former key 'gone'" in found
    text = changed(
        ("          dev: {", "          dev: {formerly: old, "),
        ("          prod: {", "          prod: {formerly: old, "),
    )
    assert [each.what for each in problems(text)] == [
        "environment 'orders/dev' has the same former key 'orders/old'"
    ]


def test_malformed_former_key_is_a_mistake() -> None:
    text = changed(("          dev: {", "          dev: {formerly: a/b/c, "))
    (problem,) = problems(text)
    assert problem.path.endswith("environments.dev.formerly")


def test_renamed_application_lists_what_aws_keeps_and_replaces() -> None:
    move = one(changed(), changed(SALES))
    assert not move.refused
    assert "application orders becomes sales. Kept: " in move.what
    assert "log groups and secrets, which keep the name orders" in move.what
    assert "replaced" in move.fix
    assert "pipelines" in move.fix
    # After it is applied, nothing is reported.
    assert told(changed(SALES), changed(SALES)) == []
    assert told(changed(SALES), changed(UNSAID)) == []


def test_formerly_without_an_earlier_stack_file_is_explained() -> None:
    assert [each.path[-1] for each in moves.moves(stack(changed(SALES)), None)] == ["formerly"]
    assert list(moves.moves(stack(changed()), None)) == []


def test_renamed_environment_lists_what_aws_keeps() -> None:
    move = one(changed(), changed(DEVELOP))
    assert "environment orders/dev becomes orders/develop" in move.what
    assert not move.refused


def test_unknown_former_key_is_reported_with_the_earlier_keys() -> None:
    found = told(changed(), changed(("      orders:\n", "      sales:\n        formerly: ordrs\n")))
    assert "there was no application 'ordrs', so sales is made new" in found[0].what
    assert "did you mean 'orders'?" in found[0].fix
    assert "write 'formerly: orders' in application sales" in found[1].fix


def test_renamed_application_without_formerly_is_refused_where_the_name_exists() -> None:
    move = one(changed(EC2), changed(EC2, UNSAID))
    assert move.refused
    assert "application orders has become sales: both have ec2 orders in orders-dev" in move.what
    assert "the name already exists" in move.what
    assert move.fix == "write 'formerly: orders' in application sales"


def test_renamed_application_without_formerly_reports_its_replacement() -> None:
    move = one(changed(IMAGE), changed(IMAGE, UNSAID))
    assert not move.refused
    assert "AWS would delete all that is named orders, its log groups and secrets" in move.what


def test_application_of_another_kind_is_no_rename() -> None:
    other = changed(
        UNSAID,
        ("repository: example/orders", "repository: example/other"),
        ("deploy: {lambda: orders}", "deploy: {lambda: other}"),
    )
    assert told(changed(), other) == []


def test_renamed_environment_without_formerly_is_refused_where_the_name_exists() -> None:
    move = one(changed(EC2), changed(EC2, ("          dev: {", "          develop: {")))
    assert move.refused
    assert move.fix == "write 'formerly: dev' in environment develop of application orders"


def test_environment_that_moves_to_another_application_names_both() -> None:
    moved = changed(SHOP).replace("          dev: {account: orders-dev}\n", "")
    moved = moved.replace(
        "environments: {dev: {account: orders-dev}}",
        "environments: {dev: {account: orders-dev},"
        " old: {account: orders-dev, deploy: {lambda: orders}}}",
    )
    move = one(changed(SHOP), moved)
    assert move.fix == "write 'formerly: orders/dev' in environment old of application shop"
    carried = moved.replace("old: {", "old: {formerly: orders/dev, ")
    assert [each.refused for each in told(changed(SHOP), carried)] == [False]


def test_deployment_under_another_name_lists_what_aws_keeps() -> None:
    found = told(changed(EC2), changed((EC2[0], EC2[1].replace("ec2: orders", "ec2: sales"))))
    assert [each.refused for each in found] == [False, False]
    assert "are renamed in place" in found[0].what
    found = told(changed(), changed(("{lambda: orders}", "{lambda: sales}")))
    assert "CodeDeploy" not in found[0].what
    assert "the function orders stays in orders-dev" in found[0].fix
    found = told(changed(IMAGE), changed((IMAGE[0], IMAGE[1].replace("orders-site", "sales-site"))))
    assert "the bucket orders-site stays" in found[0].fix


def test_deployment_that_another_pipeline_has_is_refused() -> None:
    before = changed(EC2, SHOP).replace("{lambda: shop}", EC2[1][16:-1].replace("orders", "shop"))
    swapped = before.replace("ec2: shop", "ec2: x").replace("ec2: orders", "ec2: shop")
    swapped = swapped.replace("ec2: x", "ec2: orders")
    refused = [each for each in told(before, swapped) if each.refused]
    assert "orders-dev takes ec2 shop in orders-dev over from shop-dev" in refused[1].what
    assert "in one run" in refused[1].fix


def test_renamed_account_does_not_change_the_deployment() -> None:
    text = changed(CENTER)
    renamed = text.replace("    orders-dev: {", "    sales-dev: {formerly: orders-dev, ")
    renamed = renamed.replace("account: orders-dev", "account: sales-dev")
    renamed = renamed.replace("accounts: orders-dev", "accounts: sales-dev")
    assert [each.what for each in told(text, renamed)] == [
        "account orders-dev becomes sales-dev, and AWS keeps it with all that is in it"
    ]


def test_renamed_unit_is_reported() -> None:
    renamed = changed(
        ("Dev: {", "Develop: {formerly: Dev, "), ("Workloads/Dev", "Workloads/Develop")
    )
    assert one(changed(), renamed).what == (
        "unit Workloads/Dev becomes Workloads/Develop, and AWS renames it in place"
    )


def test_group_under_another_key_is_refused_where_its_name_exists() -> None:
    before = changed(CENTER)
    after = before.replace("{builders: {}}", "{makers: {name: builders}}")
    move = one(before, after.replace("group: builders", "group: makers"))
    assert move.refused
    assert "AWS would refuse a second group named builders" in move.what
    assert move.fix == "write 'formerly: builders' in group makers"


def test_group_under_another_name_reports_the_loss_of_members() -> None:
    before = changed(CENTER)
    move = one(before, before.replace("builders", "makers"))
    assert not move.refused
    assert "AWS would delete it with its members" in move.what
    carried = before.replace("builders", "makers").replace(
        "{makers: {}}", "{makers: {formerly: builders}}"
    )
    assert "AWS renames it in place" in one(before, carried).what


def _git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True)


def _commit(folder: Path) -> None:
    _git(folder, "init", "-q")
    _git(folder, "add", ".")
    _git(folder, "commit", "-qm", "Add the stack")


def _validated(folder: Path) -> str:
    arguments = ["-s", "test", "--directory", str(folder)]
    done = CliRunner().invoke(validate_command.app, arguments)
    assert done.exit_code == 0, done.output
    return done.output


def test_validate_reports_renames_since_the_last_commit(tmp_path: Path) -> None:
    file = tmp_path / "Pulumi.test.yaml"
    file.write_text(changed())
    assert "Renames" not in _validated(tmp_path)
    _commit(tmp_path)
    assert "Renames" not in _validated(tmp_path)
    file.write_text(changed(UNSAID))
    line = line_of(changed(UNSAID), "      sales:")
    shown = _validated(tmp_path)
    assert f"Pulumi.test.yaml:{line}: application orders has become sales" in shown
    assert "write 'formerly: orders' in application sales" in shown


def test_validate_account_file_renamed_without_formerly_reports_the_missing_line(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "accounts"
    folder.mkdir()
    (folder / "payments.yaml").write_text("email: aws+payments@example.com\n")
    (tmp_path / "Pulumi.test.yaml").write_text(
        changed(("config:\n", "config:\n  landfall:accountsFolder: accounts\n"))
    )
    _commit(tmp_path)
    renamed = folder / "billing.yaml"
    (folder / "payments.yaml").rename(renamed)
    shown = _validated(tmp_path)
    assert "accounts/billing.yaml:1: account payments is now billing" in shown
    assert "add 'formerly: payments' to account billing" in shown
    renamed.write_text("email: aws+payments@example.com\nformerly: payments\n")
    shown = _validated(tmp_path)
    assert "account payments becomes billing" in shown
    assert "AWS would reject" not in shown
