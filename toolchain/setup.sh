#!/bin/sh
# Creates .venv from requirements.lock and gets the Pulumi CLI; does nothing if both exist.
# Finds Python here; toolchain/setup.py does the rest.
set -eu

python="${PYTHON:-python3}"
home="${LANDFALL_HOME:-.landfall}"
stamp=".landfall-$(cat requirements.lock pyproject.toml | cksum | tr -d ' ')"

# Both files are written last, when everything before them is complete. An earlier version of the
# project wrote fewer programs.
if [ -e ".venv/$stamp" ] && [ -e "$home/toolchain.json" ] && [ -x "$home/bin/pulumi" ] &&
  [ -x "$home/bin/landfall" ]; then
  exit 0
fi

if ! "$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; then
  found="$("$python" --version 2>&1 || true)"
  case "$found" in *"not found"* | "") found=missing ;; esac
  echo "error: Python 3.11, 3.12 or 3.13 is needed; \`$python\` is $found." >&2
  echo "    Install it, or name it: make PYTHON=python3.12 ..." >&2
  exit 2
fi

exec "$python" -c '
import sys
sys.path.insert(0, ".")
from toolchain.setup import main
sys.exit(main(sys.argv[1]))
' "$stamp"
