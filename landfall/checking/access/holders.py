"""The roles, users and permission sets of a preview, with policies, boundary and trust."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from landfall.checking.access import managed
from landfall.checking.preview import Planned
from landfall.iam.documents import Document, DocumentError, parse
from landfall.iam.effective_access import Identity

ROLE: Final = "aws:iam/role:Role"
_USER: Final = "aws:iam/user:User"
_POLICY: Final = "aws:iam/policy:Policy"
_MADE: Final = "aws:organizations/account:Account"
_PROVIDER: Final = "pulumi:providers:aws"
_INLINE: Final = {
    "aws:iam/rolePolicy:RolePolicy": (ROLE, "role"),
    "aws:iam/userPolicy:UserPolicy": (_USER, "user"),
}
_ATTACHMENTS: Final = {
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": (ROLE, "role"),
    "aws:iam/userPolicyAttachment:UserPolicyAttachment": (_USER, "user"),
}
SET: Final = "aws:ssoadmin/permissionSet:PermissionSet"
_GROUP: Final = "aws:identitystore/group:Group"
_ASSIGNMENT: Final = "aws:ssoadmin/accountAssignment:AccountAssignment"
_SET_INLINE: Final = "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy"
_SET_MANAGED: Final = "aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment"
_SET_OWN: Final = "aws:ssoadmin/customerManagedPolicyAttachment:CustomerManagedPolicyAttachment"
_SET_BOUND: Final = "aws:ssoadmin/permissionsBoundaryAttachment:PermissionsBoundaryAttachment"
_OF_SETS: Final = (_ASSIGNMENT, _SET_INLINE, _SET_MANAGED, _SET_OWN, _SET_BOUND)
_ACCOUNT: Final = re.compile(r"\d{12}")


@dataclass(frozen=True, slots=True)
class Holder:
    """A role, a user, or a permission set in one of its accounts.

    `account` is the account's name, `account_id` its 12 digits.

    `policies` are its identity policies, each with a label; `boundary` is empty if it has none.
    `unread` are the names of policies that are unknown before the update. `people` are the groups
    and users with an assignment of the permission set in the account, as in `group orders`.
    """

    kind: str
    name: str
    account: str
    account_id: str
    policies: tuple[tuple[str, Document], ...] = ()
    boundary: tuple[tuple[str, Document], ...] = ()
    trust: Document | None = None
    unread: tuple[str, ...] = ()
    people: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str, str]:
        """The key that identifies it in another preview."""
        return self.account, self.kind, self.name

    @property
    def identity(self) -> Identity:
        """Its policies and boundary, for the permission engine; without SCPs."""
        return Identity(self.policies, self.boundary)


def accounts(resources: Iterable[Planned]) -> dict[str, str]:
    """Return account names by id: the accounts that a preview creates or works in."""
    listed = list(resources)
    made = {each.id: each.name for each in listed if each.type == _MADE and each.id}
    return {**made, **{id_: name for name, id_ in _places(listed).values() if id_ and name}}


def holders(resources: Sequence[Planned]) -> list[Holder]:
    """Return all roles and users that the preview plans."""
    return _Reading(resources).holders()


def _places(resources: Iterable[Planned]) -> dict[str, tuple[str, str]]:
    """Return the account name and id of each provider, by the provider's URN."""
    places = {}
    for each in resources:
        if each.type == _PROVIDER:
            found = _ACCOUNT.search(str(each.inputs.get("allowedAccountIds", "")))
            name = "" if each.name.startswith("default") else each.name
            places[each.urn] = (name, found[0] if found else "")
    return places


class _Reading:
    def __init__(self, resources: Sequence[Planned]) -> None:
        self._resources = resources
        self._places = _places(resources)
        self._own = {
            (each.provider, f"{each.inputs.get('path') or '/'}{each.inputs.get('name')}"): each
            for each in resources
            if each.type == _POLICY
        }
        # By provider, type and name of the holder: resources that refer to it.
        self._inline: dict[tuple[str, str, Any], list[Planned]] = defaultdict(list)
        self._attached: dict[tuple[str, str, Any], list[str]] = defaultdict(list)
        for each in resources:
            if each.type in _INLINE:
                kind, key = _INLINE[each.type]
                self._inline[each.provider, kind, each.inputs.get(key)].append(each)
            elif each.type in _ATTACHMENTS:
                kind, key = _ATTACHMENTS[each.type]
                arn = each.inputs.get("policyArn")
                self._attached[each.provider, kind, each.inputs.get(key)].append(str(arn))

        # In pulumi-aws their ids are IDENTITY_STORE/GROUP.
        self._groups = {
            each.id.rpartition("/")[2]: str(each.inputs.get("displayName") or each.name)
            for each in resources
            if each.type == _GROUP and each.id
        }
        # By type and permission set: its policies and its assignments.
        self._of_sets: dict[tuple[str, Any], list[Planned]] = defaultdict(list)
        for each in resources:
            if each.type in _OF_SETS:
                self._of_sets[each.type, each.inputs.get("permissionSetArn")].append(each)

    def holders(self) -> list[Holder]:
        found = [self._holder(each) for each in self._resources if each.type in (ROLE, _USER)]
        for each in self._resources:
            if each.type == SET:
                found += self._people(each)
        return found

    def _people(self, resource: Planned) -> Iterator[Holder]:
        """Yield a permission set once for each account with an assignment."""
        # In pulumi-aws its id is its ARN and the instance's ARN.
        arn = resource.id.partition(",")[0]
        named = accounts(self._resources)
        people: dict[str, list[str]] = defaultdict(list)
        for each in self._of_sets[_ASSIGNMENT, arn]:
            people[str(each.inputs.get("targetId"))].append(self._person(each))
        for account_id, given in people.items():
            unread = list[str]()
            providers = [urn for urn, (_, id_) in self._places.items() if id_ == account_id]
            policies: list[tuple[str, Document]] = []
            for each in self._of_sets[_SET_INLINE, arn]:
                if document := _document(each.inputs.get("inlinePolicy"), "inline", unread):
                    policies.append(("inline", document))
            arns = [str(e.inputs.get("managedPolicyArn")) for e in self._of_sets[_SET_MANAGED, arn]]
            policies += self._of_arns(arns, "", unread)
            for each in self._of_sets[_SET_OWN, arn]:
                reference = each.inputs.get("customerManagedPolicyReference") or {}
                policies += self._of_reference(reference, providers, unread)
            boundary: list[tuple[str, Document]] = []
            for each in self._of_sets[_SET_BOUND, arn]:
                bound = each.inputs.get("permissionsBoundary") or {}
                if reference := bound.get("customerManagedPolicyReference"):
                    boundary += self._of_reference(reference, providers, unread)
                else:
                    boundary += self._of_arns([str(bound.get("managedPolicyArn"))], "", unread)
            yield Holder(
                "permission set",
                str(resource.inputs.get("name") or resource.name),
                named.get(account_id, ""),
                account_id,
                tuple(policies),
                tuple(boundary),
                None,
                tuple(unread),
                tuple(sorted(set(given))),
            )

    def _person(self, assignment: Planned) -> str:
        kind = str(assignment.inputs.get("principalType") or "principal").lower()
        principal = str(assignment.inputs.get("principalId"))
        return f"{kind} {self._groups.get(principal, principal)}"

    def _of_reference(
        self, reference: Mapping[str, Any], providers: Sequence[str], unread: list[str]
    ) -> Iterator[tuple[str, Document]]:
        path, name = reference.get("path") or "/", str(reference.get("name"))
        keys = [(urn, f"{path}{name}") for urn in providers]
        own = [self._own[key] for key in keys if key in self._own]
        document = _document(own[0].inputs.get("policy"), name, unread) if own else None
        if not own:
            unread.append(name)
        if document is not None:
            yield name, document

    def _holder(self, resource: Planned) -> Holder:
        inputs, unread = resource.inputs, list[str]()
        account, account_id = self._places.get(resource.provider, ("", ""))
        path, name = inputs.get("path") or "/", inputs.get("name") or resource.name
        key = (resource.provider, resource.type, inputs.get("name"))
        policies = [*self._of_inline(resource, key, unread)]
        arns = [*self._attached[key], *(inputs.get("managedPolicyArns") or [])]
        policies += self._of_arns(dict.fromkeys(map(str, arns)), resource.provider, unread)
        bound = inputs.get("permissionsBoundary")
        boundary = list(self._of_arns([str(bound)], resource.provider, unread)) if bound else []
        trust = inputs.get("assumeRolePolicy")
        return Holder(
            "role" if resource.type == ROLE else "user",
            f"{path.removeprefix('/')}{name}",
            account,
            account_id,
            tuple(policies),
            tuple(boundary),
            _document(trust, "its trust", unread) if trust is not None else None,
            tuple(unread),
        )

    def _of_inline(
        self, resource: Planned, key: tuple[str, str, Any], unread: list[str]
    ) -> Iterator[tuple[str, Document]]:
        for each in resource.inputs.get("inlinePolicies") or []:
            if isinstance(each, Mapping):
                label = str(each.get("name") or "inline")
                if document := _document(each.get("policy"), label, unread):
                    yield label, document
        for policy in self._inline[key]:
            label = str(policy.inputs.get("name") or policy.name)
            if document := _document(policy.inputs.get("policy"), label, unread):
                yield label, document

    def _of_arns(
        self, arns: Iterable[str], provider: str, unread: list[str]
    ) -> Iterator[tuple[str, Document]]:
        for arn in arns:
            path = arn.partition(":policy")[2]
            own = self._own.get((provider, path))
            label = path.rpartition("/")[2] or "a policy"
            if own is not None:
                document = _document(own.inputs.get("policy"), label, unread)
            else:
                document = managed.document(arn)
                if document is None:
                    unread.append(label)
            if document is not None:
                yield label, document


def _document(value: Any, label: str, unread: list[str]) -> Document | None:
    """Read a document; add its label to `unread` if it is unknown, secret or invalid."""
    try:
        given = value if isinstance(value, str) else json.dumps(value)
        return parse(given)
    except (DocumentError, TypeError, ValueError):
        unread.append(label)
        return None
