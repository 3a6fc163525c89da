"""codeconnections: see `landfall.sandbox.across_services.connections`."""

from landfall.sandbox.across_services.connections import serve

serve("codeconnections")
