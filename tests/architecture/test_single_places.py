"""What exists once in the source: other modules import it instead of writing their own."""

from __future__ import annotations

import ast
import re

import pytest

from tests.architecture.modules import parsed

PRINTABLE = "landfall/printable.py"
JUDGES_OF_CHARACTERS = {
    "landfall/adoption/naming.py": "replaces characters in names of units, which AWS limits",
    "landfall/adoption/stack_file.py": "chooses YAML's quotes, whose escapes YAML writes",
    "landfall/engine_view/differences.py": "writes such a value as a JSON string",
}


def judges_characters(tree: ast.Module) -> bool:
    """Return whether a module decides by itself which characters are safe to print."""
    return any(
        (isinstance(node, ast.Attribute) and node.attr == "isprintable")
        or (isinstance(node, ast.Constant) and node.value == "unicode_escape")
        or (isinstance(node, ast.Import) and any(n.name == "unicodedata" for n in node.names))
        for node in ast.walk(tree)
    )


def test_printable_text_in_any_module_comes_from_one_place() -> None:
    found = {name for name, tree in parsed() if judges_characters(tree)}
    assert found == {PRINTABLE, *JUDGES_OF_CHARACTERS}


def has_severity(node: ast.ClassDef) -> bool:
    """Return whether a class has a field `severity` and is a rule, or is the list of severities."""
    fields = {ast.unparse(each.target) for each in node.body if isinstance(each, ast.AnnAssign)}
    return node.name == "Severity" or (node.name.endswith("Rule") and "severity" in fields)


def test_rule_and_severity_in_any_module_come_from_one_place() -> None:
    found = {
        (name, node.name)
        for name, tree in parsed()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and has_severity(node)
    }
    assert found == {("landfall/rules.py", "Severity"), ("landfall/rules.py", "Rule")}


ARNS = "landfall/aws/arns.py"
BUILDERS_OF_ARN_TEXT = {
    "landfall/sandbox/services/organizations/repairs.py": "replaces moto's own template",
}


def builds_arn(tree: ast.Module) -> bool:
    """Return whether a module puts an ARN together from a template, or from parts of text."""
    return any(is_template_of_arn(node) for node in ast.walk(tree))


def is_template_of_arn(node: ast.AST) -> bool:
    """Return whether an expression builds an ARN; a regular expression of ARNs does not."""
    if isinstance(node, ast.JoinedStr):
        texts = [str(each.value) for each in node.values if isinstance(each, ast.Constant)]
        return any(re.search(r"\barn:[^\[\](\\|+]*$", text) for text in texts)
    if isinstance(node, ast.BinOp) and isinstance(node.left, ast.Constant):
        return str(node.left.value).startswith("arn:")
    text = node.value if isinstance(node, ast.Constant) else ""
    return isinstance(text, str) and bool(re.search(r"\barn:[^ ]*(\{(\d|[a-z_]\w*)?\}|%s)", text))


def test_arn_in_any_module_is_built_in_one_place() -> None:
    found = {name for name, tree in parsed() if builds_arn(tree)}
    assert found == {ARNS, *BUILDERS_OF_ARN_TEXT}


@pytest.mark.parametrize(
    "source",
    [
        'f"arn:{partition}:s3:::{bucket}"',
        'f"write arn:{partition}:iam::aws:policy/X"',
        '"arn:{}:s3:::{}".format(partition, bucket)',
        'Output.format("arn:{0}:iam::{1}:root", partition, account)',
        '"arn:%s:s3:::%s" % (partition, bucket)',
        '"arn:" + partition',
    ],
)
def test_arn_from_any_template_is_found(source: str) -> None:
    assert builds_arn(ast.parse(source))


ENGINE = "landfall/engine/"
KINDS_OF_EVENTS = {
    "diagnosticEvent",
    "policyEvent",
    "resOpFailedEvent",
    "resOutputsEvent",
    "resourcePreEvent",
    "summaryEvent",
}
ENGINE_OPTIONS = {"--non-interactive", "--event-log", "PULUMI_DEBUG_COMMANDS"}


def test_the_engine_is_run_and_its_events_are_read_in_one_room() -> None:
    found = {
        name
        for name, tree in parsed()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and node.value in KINDS_OF_EVENTS | ENGINE_OPTIONS
    }
    assert {name for name in found if not name.startswith(ENGINE)} == set()
    assert len(found) == len({"event_log.py", "events.py", "running.py"})


# Resources that one module makes for all components; the others describe them.
BUILDERS = {
    "cloudwatch.EventTarget": {"components/rules.py", "components/security/findings.py"},
    "codebuild.Project": {"components/projects.py"},
    "kms.Key": {"components/keys.py"},
    "s3.Bucket": {"components/buckets.py"},
    "s3.BucketPolicy": {"components/buckets.py"},
    "sns.Topic": {"components/topics.py"},
    "sns.TopicPolicy": {"components/topics.py"},
}


def makes(tree: ast.Module, resource: str) -> bool:
    """Return whether a module makes a resource of the AWS provider, as `kms.Key`."""
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return any(ast.unparse(call.func) == f"aws.{resource}" for call in calls)


@pytest.mark.parametrize("resource", sorted(BUILDERS))
def test_resource_of_many_components_is_made_in_one_place(resource: str) -> None:
    assert {name for name, tree in parsed() if makes(tree, resource)} == BUILDERS[resource]


def test_making_a_resource_is_found() -> None:
    assert makes(ast.parse("made = aws.kms.Key(name, region=region)"), "kms.Key")
    assert not makes(ast.parse("aws.kms.KeyPolicy(name)"), "kms.Key")


def test_arn_in_a_regular_expression_is_not_taken_for_a_template() -> None:
    assert not builds_arn(ast.parse('f"(arn:aws[a-z-]*:kms:.+:key/)?{KEY_ID}"'))
