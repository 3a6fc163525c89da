# Runs the unit tests of what the sources are written in; with SHARDS, this build's share of them.
set -euo pipefail
mkdir -p reports

share() { awk -v n="${SHARDS:-1}" -v i="${SHARD:-1}" 'NR % n == i % n'; }

if [ -f package.json ]; then
  npm ci --no-audit --no-fund
  if [ -n "${SHARDS:-}" ]; then npm test -- --shard="$SHARD/$SHARDS"; else npm test; fi
elif [ -f go.mod ]; then
  go list ./... | share | xargs -r bash /tmp/go_tool.sh \
    gotest.tools/gotestsum v1.13.0 h1:+Lh454O9mu9AMG1APV4o0y7oDYKyik/3kBOiCqiEpRo= \
    gotest.tools/gotestsum --junitfile reports/unit.xml --
elif [ -f pom.xml ]; then
  mvn --batch-mode test && cp target/surefire-reports/*.xml reports/
elif [ -f gradlew ]; then
  ./gradlew test && cp build/test-results/test/*.xml reports/
elif [ -f pyproject.toml ] || [ -f setup.py ] || [ -f requirements.txt ]; then
  if [ -f requirements.txt ]; then python3 -m pip install --quiet -r requirements.txt; fi
  if [ -f pyproject.toml ] || [ -f setup.py ]; then python3 -m pip install --quiet .; fi
  # The sources may install their own version.
  python3 -m pytest --version >/dev/null 2>&1 ||
    python3 -m pip install --quiet --only-binary :all: --require-hashes --requirement /tmp/pytest.lock
  find . -path ./.git -prune -o \( -name 'test_*.py' -o -name '*_test.py' \) -print | sort | share |
    xargs -r python3 -m pytest --junit-xml=reports/unit.xml
else
  echo "the unit tests are not known: write commands: below tests.unit" >&2
  exit 1
fi
