"""What is wrong with a stack's settings: all of it at once, each mistake with its line and fix.

`parse` returns one checked value or raises every mistake. It reads the settings' models first, then
runs the `families` of checks across the stack. Pure: no Pulumi, no AWS calls, no I/O.
"""

from landfall.validation.parsing import parse

__all__ = ["parse"]
