# Looks for insecure code in any language.
set -euo pipefail
mkdir -p reports
python3 -m pip install --quiet semgrep==1.185.0
semgrep scan --config p/default --error --metrics=off --junit-xml --output reports/sast.xml
