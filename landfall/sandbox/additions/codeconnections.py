"""codeconnections: see `landfall.sandbox.additions.connections`."""

from landfall.sandbox.additions.connections import serve

serve("codeconnections")
