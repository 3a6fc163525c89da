"""Privilege escalation through all policies of a role, user, group or permission set together.

Inline policies and attached policies of the same program are evaluated together, under the
permissions boundary if it belongs to the program too. AWS managed policies are not evaluated: they
can only add findings, and `LF-IAM-003` and `LF-IAM-004` refuse the administrator ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from landfall.iam.effective_access import Hold
from landfall.iam.effective_access.identities import Labelled
from landfall.iam.escalation import Escalation
from landfall.iam.policy_checks import Examined, Subject
from landfall.iam.policy_checks.administrator import administrating
from landfall.rules import Severity
from policies import documents
from policies.documents import IDENTITY
from policies.rules import Violation, controls, stack_rule
from policies.values import Resource, Stack

_POLICY = "aws:iam/policy:Policy"
_GROUP = "aws:iam/group:Group"
_USER = "aws:iam/user:User"
# Memberships as the user's groups, and as the group's users.
_OF_USER = "aws:iam/userGroupMembership:UserGroupMembership"
_OF_GROUP = "aws:iam/groupMembership:GroupMembership"
_BOUNDARY_OF_SET = "aws:ssoadmin/permissionsBoundaryAttachment:PermissionsBoundaryAttachment"
_SET = "aws:ssoadmin/permissionSet:PermissionSet"
_BOUND = "aws:ssoadmin/permissionsBoundaryAttachment:PermissionsBoundaryAttachment"
# Kinds of escalation that depend on policies only.
_GRAVE = frozenset({"policy", "credentials", "pass-role"})
_PATHS_SHOWN = 3
_LEAST = "AC-2 AC-3 AC-5 AC-6 AC-6(2) AC-6(10)"


@dataclass(frozen=True, slots=True)
class _Owner:
    """A type that has policies: the types of its inline policies and attachments.

    Each has the property that names the owner.
    """

    inline: tuple[str, str]
    attachments: tuple[tuple[str, str], ...]
    carries: str = ""
    exclusive: tuple[tuple[str, str], ...] = ()


_OWNERS = {
    "aws:iam/role:Role": _Owner(
        ("aws:iam/rolePolicy:RolePolicy", "role"),
        (
            ("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "role"),
            ("aws:iam/policyAttachment:PolicyAttachment", "roles"),
        ),
        carries="managedPolicyArns",
        exclusive=(
            ("aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive", "roleName"),
        ),
    ),
    "aws:iam/user:User": _Owner(
        ("aws:iam/userPolicy:UserPolicy", "user"),
        (
            ("aws:iam/userPolicyAttachment:UserPolicyAttachment", "user"),
            ("aws:iam/policyAttachment:PolicyAttachment", "users"),
        ),
        exclusive=(
            ("aws:iam/userPolicyAttachmentsExclusive:UserPolicyAttachmentsExclusive", "userName"),
        ),
    ),
    _GROUP: _Owner(
        ("aws:iam/groupPolicy:GroupPolicy", "group"),
        (
            ("aws:iam/groupPolicyAttachment:GroupPolicyAttachment", "group"),
            ("aws:iam/policyAttachment:PolicyAttachment", "groups"),
        ),
        exclusive=(
            (
                "aws:iam/groupPolicyAttachmentsExclusive:GroupPolicyAttachmentsExclusive",
                "groupName",
            ),
        ),
    ),
    _SET: _Owner(
        (
            "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy",
            "permissionSetArn",
        ),
        (),
    ),
}


@stack_rule(
    "LF-IAM-010",
    "no identity can escalate its privileges",
    fix="Limit the roles and policies that it can change or pass, or set a boundary; "
    "`landfall iam check` shows the proof.",
    types=list(_OWNERS),
    controls=controls(fsbp="IAM.1", nist=_LEAST),
)
def _escalates(owner: Resource, stack: Stack) -> Iterator[Violation]:
    found = [one for one in _paths(owner, stack) if _is_grave(one)]
    if found:
        yield Violation(owner, "", f"can escalate its privileges through {_listed(found)}")


@stack_rule(
    "LF-IAM-011",
    "no identity can act through another role",
    fix="Limit the functions, instances and roles that it can change, connect to or assume.",
    types=list(_OWNERS),
    severity=Severity.MEDIUM,
    level="advisory",
    controls=controls(nist=_LEAST),
)
def _may_escalate(owner: Resource, stack: Stack) -> Iterator[Violation]:
    found = [one for one in _paths(owner, stack) if not _is_grave(one)]
    if found:
        yield Violation(
            owner, "", f"may gain the permissions of another role through {_listed(found)}"
        )


def _is_grave(path: Escalation) -> bool:
    return path.hold is Hold.YES and path.kind in _GRAVE


def _listed(paths: list[Escalation]) -> str:
    shown = "; ".join(f"{one.path}: {' + '.join(one.actions)}" for one in paths[:_PATHS_SHOWN])
    more = len(paths) - _PATHS_SHOWN
    return f"{shown} and {more} more paths" if more > 0 else shown


def _paths(owner: Resource, stack: Stack) -> tuple[Escalation, ...]:
    """Return an owner's escalation paths; none for administrators, which other rules report.

    Raises `UndecidedError` if a policy is not known yet: it might deny the path.
    """
    own = tuple(_carried(owner, stack))
    if not own:
        return ()
    # The roles of a permission set have unknown ARNs; the set's ARN is not a principal's.
    arns = (text for text in owner.texts("arn") if text.startswith("arn:") and ":iam:" in text)
    arn = next(arns, None)
    return _judged(own, tuple(_boundary(owner, stack)), arn)


@lru_cache(maxsize=512)
def _judged(
    own: tuple[Labelled, ...], boundary: tuple[Labelled, ...], arn: str | None
) -> tuple[Escalation, ...]:
    """Evaluate once for both rules."""
    examined = Examined(Subject(identity=own, boundaries=boundary, principal=arn))
    return () if administrating(examined) else examined.escalations


def _carried(owner: Resource, stack: Stack) -> Iterator[Labelled]:
    """Yield the documents that the program attaches to a role, user or permission set."""
    kinds = _OWNERS[owner.type]
    yield from _documents(owner)
    inline, property = kinds.inline
    for each in stack.pointing([inline], property, owner):
        yield from _documents(each)
    attached = _attached(stack)
    for type_, property in kinds.attachments:
        for each in stack.pointing([type_], property, owner):
            policies = attached.get((each.urn, "policyArn"))
            if policies is None:
                each.get("policyArn")
            for policy in policies or ():
                yield from _documents(policy)
    if kinds.carries and owner.has(kinds.carries):
        yield from _listed_on(owner, kinds.carries, stack)
    for type_, property in kinds.exclusive:
        for each in stack.pointing([type_], property, owner):
            yield from _listed_on(each, "policyArns", stack)
    if owner.type == _USER:
        for group in _groups(owner, stack):
            yield from _carried(group, stack)


def _groups(user: Resource, stack: Stack) -> Iterator[Resource]:
    """Yield the groups of the program that a user is in."""
    memberships = stack.pointing([_OF_USER], "user", user)
    for group in stack.of([_GROUP]):
        if any(_lists(each, "groups", group) for each in memberships) or any(
            _lists(each, "users", user) for each in stack.pointing([_OF_GROUP], "group", group)
        ):
            yield group


def _lists(membership: Resource, property: str, other: Resource) -> bool:
    """Return whether a list names another resource, by its outputs or by its name."""
    if other.urn in membership.links.get(property, ()):
        return True
    return any(name in other.identities() for _, name in membership.items(property))


def _listed_on(owner: Resource, property: str, stack: Stack) -> Iterator[Labelled]:
    """Yield the documents of policies in the owner's own lists."""
    linked = _attached(stack).get((owner.urn, property), [])
    for policy in linked:
        yield from _documents(policy)
    if not linked:
        arns = {arn for _, arn in owner.items(property)}
        for policy in stack.of([_POLICY]):
            if arns & policy.texts("arn"):
                yield from _documents(policy)


def _boundary(owner: Resource, stack: Stack) -> Iterator[Labelled]:
    """Yield the documents of the permissions boundary, if it belongs to the program."""
    if owner.type == _SET:
        yield from _boundary_of_set(owner, stack)
        return
    for policy in _attached(stack).get((owner.urn, "permissionsBoundary"), []):
        yield from _documents(policy)
    for each in stack.pointing([_BOUNDARY_OF_SET], "permissionSetArn", owner):
        # A permission set refers to policies by name: each account has its own copy.
        name = each.get("permissionsBoundary.customerManagedPolicyReference.name")
        for policy in stack.of([_POLICY]) if name else ():
            if policy.get("name") == name:
                yield from _documents(policy)


def _boundary_of_set(owner: Resource, stack: Stack) -> Iterator[Labelled]:
    """Yield the documents of the boundary that a permission set names."""
    for bound in stack.pointing([_BOUND], "permissionSetArn", owner):
        place = "permissionsBoundary.customerManagedPolicyReference"
        named = (bound.text(f"{place}.path", "/"), bound.text(f"{place}.name"))
        for policy in stack.of([_POLICY]):
            if (policy.text("path", "/"), policy.text("name")) == named:
                yield from _documents(policy)
                break


def _documents(resource: Resource) -> Iterator[Labelled]:
    for path, document in documents.read(resource, IDENTITY):
        yield f"{resource.name}.{path}", document


@lru_cache(maxsize=1)
def _attached(stack: Stack) -> dict[tuple[str, str], list[Resource]]:
    """Return the policies that a property of a resource names, by its URN and property."""
    pointers = [
        *((type_, "policyArn") for kinds in _OWNERS.values() for type_, _ in kinds.attachments),
        *((type_, "permissionsBoundary") for type_ in _OWNERS),
        *((type_, "policyArns") for kinds in _OWNERS.values() for type_, _ in kinds.exclusive),
        *((type_, kinds.carries) for type_, kinds in _OWNERS.items() if kinds.carries),
    ]
    found: dict[tuple[str, str], list[Resource]] = {}
    for policy in stack.of([_POLICY]):
        for type_, property in dict.fromkeys(pointers):
            for each in stack.pointing([type_], property, policy):
                found.setdefault((each.urn, property), []).append(policy)
    return found
