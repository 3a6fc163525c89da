#!/bin/sh
# Makes .venv from requirements.lock and the Pulumi CLI available; does nothing when both stand.
# Every step can be interrupted: the stamp is written last.
set -eu

python="${PYTHON:-python3}"
stamp=".venv/.landfall-$(cat requirements.lock pyproject.toml | cksum | tr -d ' ')"

if [ -e "$stamp" ] && [ -x .landfall/bin/pulumi ]; then
  exit 0
fi

if ! [ -e "$stamp" ]; then
  if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    found="$("$python" --version 2>&1 || true)"
    echo "error: Python 3.11 or newer is needed; \`$python\` is ${found:-missing}." >&2
    echo "    Install it, or name it: make PYTHON=python3.12 ..." >&2
    exit 2
  fi
  if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    echo "Making .venv with $("$python" --version)"
    if ! "$python" -m venv .venv; then
      echo "error: \`$python -m venv\` failed; on Debian and Ubuntu install python3-venv." >&2
      exit 2
    fi
  fi
  pip=".venv/bin/python -m pip --disable-pip-version-check --no-input --quiet"
  echo "Installing the packages of requirements.lock (a few minutes the first time)"
  PIP_ROOT_USER_ACTION=ignore $pip install --require-hashes -r requirements.lock
  PIP_ROOT_USER_ACTION=ignore $pip install --no-deps --no-build-isolation -e .
  rm -f .venv/.landfall-*
  touch "$stamp"
fi

.venv/bin/landfall toolchain
