# Looks for credentials in the sources; a finding shows its place, never its value.
set -euo pipefail
mkdir -p reports
gitleaks=github.com/zricethezav/gitleaks/v8
bash /tmp/go_tool.sh "$gitleaks" v8.30.1 h1:PmEvCfVI7ti9dV3s5aMZUY7sS2GxRvG3yzih7E+cS3w= "$gitleaks" \
  dir . --redact --no-banner --report-format junit --report-path reports/secrets.xml
