#!/bin/sh
# Fail the deployment if what was installed does not greet.
set -eu
python3 "${INSTANCE_ROOT:-}/opt/fleet/greeting.py" world | grep -q 'Hello, world!'
