# Lets the AWS SDKs and the CLI act as the role that reads what was deployed.
set -euo pipefail
mkdir -p "$HOME/.aws"
printf '[profile target]\nrole_arn = %s\nregion = %s\ncredential_source = EcsContainer\n' \
  "$READ_ROLE" "$REGION" > "$HOME/.aws/config"
