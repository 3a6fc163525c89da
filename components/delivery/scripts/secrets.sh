# Looks for credentials in the sources; a finding shows its place, never its value.
set -euo pipefail
mkdir -p reports
go run github.com/zricethezav/gitleaks/v8@v8.30.1 dir . --redact --no-banner \
  --report-format junit --report-path reports/secrets.xml
