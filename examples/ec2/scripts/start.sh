#!/bin/sh
# Restart the service. INSTANCE_ROOT is only set in a rehearsal, which has no service manager.
set -eu
if [ -z "${INSTANCE_ROOT:-}" ]; then
  systemctl restart fleet
fi
