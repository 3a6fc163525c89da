"""Access to resources from outside. `landfall.iam.outsiders` decides, as in `iam check`."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from landfall.aws.service_principals import is_service
from landfall.iam.documents import Condition, Document, Effect, Principal, Statement
from landfall.iam.outsiders import EVERYBODY, Judge, of_service
from landfall.iam.policy_checks import Examined, Finding, Subject
from landfall.iam.policy_checks import exposure as analysis
from landfall.iam.policy_checks.subject import Placed, placed
from landfall.rules import Severity
from policies import documents
from policies.rules import Violation, controls, resource_rule
from policies.values import Resource

_PUBLIC = "AC-3 AC-4(21) AC-6 SC-7 SC-7(3)"


@resource_rule(
    "LF-PUB-001",
    "no resource policy is public",
    fix="Name the principals, or require aws:PrincipalOrgID.",
    types=list(documents.RESOURCE),
    severity=Severity.CRITICAL,
    controls=controls(fsbp="S3.2 S3.3 KMS.5 SNS.4 SQS.3 OpenSearch.2", nist=_PUBLIC),
)
def _resource_policy(resource: Resource) -> Iterator[Violation]:
    for path, document in documents.read(resource, documents.RESOURCE):
        for place in _places(document, analysis.PUBLIC.id):
            yield Violation(resource, f"{path}.{place}", "allows public access")


_NOTIFIED = {
    type_: documents.RESOURCE[type_]
    for type_ in (
        "aws:sns/topicPolicy:TopicPolicy",
        "aws:sqs/queuePolicy:QueuePolicy",
        "aws:sns/topic:Topic",
        "aws:sqs/queue:Queue",
        "aws:s3/bucketPolicy:BucketPolicy",
    )
}


@resource_rule(
    "LF-TRU-003",
    "services act only for named resources",
    fix="Add a condition on aws:SourceArn or aws:SourceAccount to the service's statement.",
    types=list(_NOTIFIED),
    severity=Severity.MEDIUM,
    level="advisory",
    controls=controls(nist="AC-3 AC-4 AC-6"),
)
def _confused_deputy(resource: Resource) -> Iterator[Violation]:
    for path, document in documents.read(resource, _NOTIFIED):
        for place in _places(document, analysis.DEPUTY_USES.id, to_service=True):
            yield Violation(resource, f"{path}.{place}", "allows a service to act for any customer")


def _places(document: Document, rule: str, *, to_service: bool = False) -> list[str]:
    """Return the statements in which a rule of the analysis has findings.

    With `to_service`, only statements that name a service; another rule checks public access.
    """
    places = {f"Statement[{one.index}]": one for one in document.statements}
    found = dict.fromkeys(
        one.path.partition(".")[0] for one in _judged(document) if one.rule == rule
    )
    return [one for one in found if not to_service or _names_service(places[one])]


def _names_service(statement: Statement) -> bool:
    return any(one.kind == "Service" for one in statement.principals or ())


@lru_cache(maxsize=256)
def _judged(document: Document) -> tuple[Finding, ...]:
    """Evaluate once for all rules."""
    return tuple(analysis.check(Examined(Subject(resource_policy=("policy", document)))))


# The conditions that Lambda writes for a permission's properties
# (Lambda API Reference: AddPermission).
_CONDITIONS = {
    "eventSourceToken": ("StringEquals", "lambda:EventSourceToken"),
    "functionUrlAuthType": ("StringEquals", "lambda:FunctionUrlAuthType"),
    "principalOrgId": ("StringEquals", "aws:PrincipalOrgID"),
    "sourceAccount": ("StringEquals", "aws:SourceAccount"),
    "sourceArn": ("ArnLike", "aws:SourceArn"),
}


@resource_rule(
    "LF-PUB-009",
    "functions name their callers",
    fix="Set principalOrgId for the principal *, and sourceArn or sourceAccount for a service.",
    types=["aws:lambda/permission:Permission"],
    severity=Severity.CRITICAL,
    controls=controls(fsbp="Lambda.1", nist=_PUBLIC),
)
def _permission(resource: Resource) -> Iterator[Violation]:
    name = resource.text("principal")
    if name != "*" and not is_service(name):
        return
    if resource.has("eventSourceToken"):
        # A secret that the service and the function share.
        return
    allow = _statement(resource, name)
    if name == "*" and Judge(()).lets(allow, EVERYBODY):
        yield Violation(resource, "principal", "allows public accessvoke the function")
    elif name != "*" and Judge(()).lets(allow, (of_service(name),)):
        what = "names no source, so a service may act for any customer"
        yield Violation(resource, "sourceArn", what)


def _statement(resource: Resource, name: str) -> Placed:
    """Return the statement that Lambda adds to the function's policy."""
    conditions = tuple(
        Condition(operator, "", False, key, (resource.text(property),))
        for property, (operator, key) in _CONDITIONS.items()
        if resource.has(property)
    )
    principal = Principal("*", "*") if name == "*" else Principal("Service", name)
    statement = Statement(
        0,
        None,
        Effect.ALLOW,
        principals=(principal,),
        actions=(resource.text("action", "lambda:InvokeFunction"),),
        resources=("*",),
        conditions=conditions,
    )
    return placed("permission", Document("2012-10-17", None, (statement,)), signed=False)[0]
