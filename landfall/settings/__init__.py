"""What a team asks for: the settings of a stack, checked. No Pulumi, no AWS calls, no I/O."""

from landfall.settings.stack import Stack, parse

__all__ = ["Stack", "parse"]
