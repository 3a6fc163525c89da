# Runs tests of what was just deployed: `make TEST_KIND`.
set -euo pipefail
mkdir -p reports
if [ ! -f Makefile ]; then
  echo "the $TEST_KIND tests are not known: write commands: below tests.$TEST_KIND" >&2
  exit 1
fi
make "$TEST_KIND"
