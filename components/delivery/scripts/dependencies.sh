# Looks up the packages in use among known vulnerabilities, for each kind of lock file.
set -euo pipefail
seen=0
if [ -f package-lock.json ]; then
  seen=1
  npm audit --audit-level=high
fi
if [ -f go.mod ]; then
  seen=1
  go run golang.org/x/vuln/cmd/govulncheck@v1.9.0 ./...
fi
for file in requirements*.txt; do
  [ -f "$file" ] || continue
  seen=1
  python3 -m pip install --quiet pip-audit==2.10.1
  pip-audit --requirement "$file"
done
if [ "$seen" = 0 ]; then
  echo "the packages in use are not known: write commands: below tests.dependencies" >&2
  exit 1
fi
