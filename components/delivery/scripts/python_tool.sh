# Installs a Python tool for itself, with the versions and checksums of its lock: NAME
set -euo pipefail
# The lock is for this version, which CodeBuild's images have beside the one that is active.
PYENV_VERSION="${PYTHON_313_VERSION:-}" python3 -m venv "/tmp/$1"
"/tmp/$1/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps \
  --only-binary :all: --require-hashes --requirement "/tmp/$1.lock"
