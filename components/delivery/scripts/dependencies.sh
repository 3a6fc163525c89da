# Looks up the packages in use among known vulnerabilities, for each kind of lock file.
set -euo pipefail
seen=0
if [ -f package-lock.json ]; then
  seen=1
  npm audit --audit-level=high
fi
if [ -f go.mod ]; then
  seen=1
  bash /tmp/go_tool.sh golang.org/x/vuln v1.9.0 h1:12VaqnI9kJfqwRoPptxoqsUhQtdfrSbdksT7X/KY/sc= \
    golang.org/x/vuln/cmd/govulncheck ./...
fi
for file in requirements*.txt; do
  [ -f "$file" ] || continue
  seen=1
  [ -x /tmp/pip-audit/bin/pip-audit ] || bash /tmp/python_tool.sh pip-audit
  /tmp/pip-audit/bin/pip-audit --requirement "$file"
done
if [ "$seen" = 0 ]; then
  echo "the packages in use are not known: write commands: below tests.dependencies" >&2
  exit 1
fi
