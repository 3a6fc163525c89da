"""CloudFormation: change sets of the named stack, empty ones, and the outputs that one leaves."""

from __future__ import annotations

from typing import Any

from moto.cloudformation import models
from moto.cloudformation.responses import CloudFormationResponse

from landfall.sandbox.services.cloudformation.repairs_permissions import fail, of_change_set

_validate = CloudFormationResponse._validate_different_update
_execute = models.CloudFormationBackend.execute_change_set


def _validate_different_update(self: CloudFormationResponse, *given: Any) -> None:
    """Accept an empty change set: API Reference, DescribeChangeSet: its status is FAILED.

    An empty UpdateStack is refused, as the emulator does.
    """
    if self._get_action() != "CreateChangeSet":
        _validate(self, *given)


def _execute_change_set(
    self: models.CloudFormationBackend, change_set_name: str, stack_name: str | None = None
) -> None:
    """Execute the change set of the stack; the emulator takes any of that name.

    API Reference, ExecuteChangeSet: StackName is required if the change set is given by name.
    """
    for identity, change_set in self.change_sets.items():
        named = change_set_name in (identity, change_set.change_set_name)
        if named and stack_name in (None, change_set.stack_name, change_set.stack_id):
            denied = of_change_set(change_set)
            if denied is not None:
                change_set.execution_status = "EXECUTE_FAILED"
                fail(change_set.stack, denied, change_set.change_set_type)
                return
            _execute(self, identity, stack_name)
            stack = self.stacks[change_set.stack_id]
            stack.role_arn = change_set.role_arn or stack.role_arn
            # API Reference, Stack: outputs are those of the template that was executed.
            stack._parse_template()
            stack.output_map = stack._create_output_map()
            return
    raise models.ValidationError(change_set_name)


CloudFormationResponse._validate_different_update = _validate_different_update
models.CloudFormationBackend.execute_change_set = _execute_change_set
