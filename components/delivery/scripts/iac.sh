# Looks for unsafe infrastructure in templates, Dockerfiles and Kubernetes manifests.
set -euo pipefail
mkdir -p reports
bash /tmp/python_tool.sh checkov
/tmp/checkov/bin/checkov --directory . --quiet --compact --output cli --output junitxml \
  --output-file-path console,reports/iac.xml
