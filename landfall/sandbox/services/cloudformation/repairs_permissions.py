"""CloudFormation: an operation whose identity lacks a permission ends as AWS rolls it back.

CloudFormation User Guide: 'Stack failure options', 'Stack status codes'.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from moto.cloudformation.models import ChangeSet, CloudFormationBackend, Event, Stack

from landfall.sandbox.services.cloudformation.stack_permissions import Denied, first_denied

_validate_exports = CloudFormationBackend._validate_export_uniqueness
_create = Stack.create_resources
_update = Stack.update
_delete = CloudFormationBackend.delete_stack


def _validate_export_uniqueness(self: CloudFormationBackend, stack: Stack) -> None:
    """Judge a new stack first: the emulator creates what an export refers to."""
    template = stack.template_dict
    given = _parameters(template, stack.parameters)
    denied = first_denied(stack.resource_map, template.get("Resources", {}), "create", given)
    stack.denied = denied
    if denied is not None:
        # The emulator creates the resources of its map when they are looked at.
        stack.resource_map._resource_json_map = {}
        stack.output_map._output_json_map = {}
        return
    _validate_exports(self, stack)


def _create_resources(self: Stack) -> None:
    if getattr(self, "denied", None) is not None:
        fail(self, self.denied, "CREATE")
        return
    _create(self)


def _update_stack(
    self: Stack,
    template: str,
    role_arn: str | None = None,
    parameters: dict[str, Any] | None = None,
    tags: dict[str, str] | None = None,
) -> None:
    """Update a stack, which keeps its role if the request has none: API Reference, UpdateStack."""
    denied = of_changes(self, self.parse_template(template), parameters)
    if denied is not None:
        fail(self, denied, "UPDATE")
        return
    _update(self, template, role_arn or self.role_arn, parameters, tags)


def _delete_stack(self: CloudFormationBackend, name_or_stack_id: str) -> None:
    """Delete a stack with its change sets, unless a resource cannot be deleted."""
    for stack in list(self.stacks.values()):
        if name_or_stack_id not in (stack.name, stack.stack_id):
            continue
        kept = {
            name: each
            for name, each in stack.template_dict.get("Resources", {}).items()
            if each.get("DeletionPolicy") != "Retain"
            and name in stack.resource_map._parsed_resources
        }
        given = _parameters(stack.template_dict, stack.parameters)
        denied = first_denied(stack.resource_map, kept, "delete", given)
        if denied is not None:
            fail(stack, denied, "DELETE")
            return
        for identity, change_set in list(self.change_sets.items()):
            if change_set.stack_id == stack.stack_id:
                del self.change_sets[identity]
    _delete(self, name_or_stack_id)


def of_changes(
    stack: Stack, template: Mapping[str, Any], parameters: Mapping[str, Any] | None
) -> Denied | None:
    """Return the first denied resource of an update of a stack to a template."""
    changes = stack.resource_map.build_resource_diff(template, parameters)
    given = _parameters(template, {**stack.parameters, **(parameters or {})})
    old, new = stack.resource_map._resource_json_map, template["Resources"]
    for kind, step in (("Add", "create"), ("Modify", "update"), ("Remove", "delete")):
        source = old if kind == "Remove" else new
        chosen = {name: source[name] for name in changes[kind]}
        denied = first_denied(stack.resource_map, chosen, step, given)
        if denied is not None:
            return denied
    return None


def of_change_set(change_set: ChangeSet) -> Denied | None:
    """Return the first denied resource of a change set."""
    return of_changes(change_set.stack, change_set.template_dict, change_set.parameters)


def fail(stack: Stack, denied: Denied, operation: str) -> None:
    """End an operation that one resource failed: events, and the stack's status."""
    reason = f"The following resource(s) failed to {operation.lower()}: [{denied.logical_id}]. "
    stack.events.append(
        Event(
            stack_id=stack.stack_id,
            stack_name=stack.name,
            logical_resource_id=denied.logical_id,
            physical_resource_id="",
            resource_type=denied.kind,
            resource_status=f"{operation}_FAILED",
            resource_status_reason=denied.message,
            resource_properties=json.dumps(denied.properties),
        )
    )
    if operation == "DELETE":
        stack._add_stack_event("DELETE_FAILED", resource_status_reason=reason)
        stack.status = "DELETE_FAILED"
        return
    prefix = "UPDATE_" if operation == "UPDATE" else ""
    stack._add_stack_event(f"{prefix}ROLLBACK_IN_PROGRESS", resource_status_reason=reason)
    stack._add_stack_event(f"{prefix}ROLLBACK_COMPLETE")
    stack.status = f"{prefix}ROLLBACK_COMPLETE"


def _parameters(template: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    declared = template.get("Parameters") or {}
    defaults = {name: each["Default"] for name, each in declared.items() if "Default" in each}
    return {**defaults, **given}


CloudFormationBackend._validate_export_uniqueness = _validate_export_uniqueness
CloudFormationBackend.delete_stack = _delete_stack
Stack.create_resources = _create_resources
Stack.update = _update_stack
