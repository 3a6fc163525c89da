# Looks for insecure code in any language.
set -euo pipefail
mkdir -p reports
bash /tmp/python_tool.sh semgrep
PATH="/tmp/semgrep/bin:$PATH"
semgrep scan --config p/default --error --metrics=off --junit-xml --output reports/sast.xml
