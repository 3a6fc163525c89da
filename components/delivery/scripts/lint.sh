# Runs the linter of what the sources are written in; pre-commit where the sources set it up.
set -euo pipefail
if [ -f .pre-commit-config.yaml ]; then
  bash /tmp/python_tool.sh pre-commit
  if ! git rev-parse --quiet --verify HEAD >/dev/null 2>&1; then git init --quiet && git add --all; fi
  /tmp/pre-commit/bin/pre-commit run --all-files --show-diff-on-failure
elif [ -f package.json ]; then
  npm ci --no-audit --no-fund
  npm run lint
elif [ -f go.mod ]; then
  test -z "$(gofmt -l . | tee /dev/stderr)"
  go vet ./...
elif [ -f pyproject.toml ] || [ -f setup.py ] || [ -f requirements.txt ]; then
  bash /tmp/python_tool.sh ruff
  /tmp/ruff/bin/ruff check .
else
  echo "the linter is not known: write commands: below tests.lint" >&2
  exit 1
fi
