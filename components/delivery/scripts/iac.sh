# Looks for unsafe infrastructure in templates, Dockerfiles and Kubernetes manifests.
set -euo pipefail
mkdir -p reports
python3 -m pip install --quiet checkov==3.3.30
checkov --directory . --quiet --compact --output cli --output junitxml \
  --output-file-path console,reports/iac.xml
