"""codestar-connections: see `landfall.sandbox.across_services.connections`."""

from landfall.sandbox.across_services.connections import serve

serve("codestar-connections")
