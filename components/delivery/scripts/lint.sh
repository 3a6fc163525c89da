# Runs the linter of what the sources are written in; pre-commit where the sources set it up.
set -euo pipefail
if [ -f .pre-commit-config.yaml ]; then
  python3 -m pip install --quiet pre-commit
  if ! git rev-parse --quiet --verify HEAD >/dev/null 2>&1; then git init --quiet && git add --all; fi
  pre-commit run --all-files --show-diff-on-failure
elif [ -f package.json ]; then
  npm ci --no-audit --no-fund
  npm run lint
elif [ -f go.mod ]; then
  test -z "$(gofmt -l . | tee /dev/stderr)"
  go vet ./...
elif [ -f pyproject.toml ] || [ -f setup.py ] || [ -f requirements.txt ]; then
  python3 -m pip install --quiet ruff==0.17.6
  ruff check .
else
  echo "the linter is not known: write commands: below tests.lint" >&2
  exit 1
fi
