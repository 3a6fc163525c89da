# Lets the AWS SDKs and the CLI act as the deploy role of the target account.
set -euo pipefail
mkdir -p "$HOME/.aws"
printf '[profile target]\nrole_arn = %s\nregion = %s\ncredential_source = EcsContainer\n' \
  "$DEPLOY_ROLE" "$DEPLOY_REGION" > "$HOME/.aws/config"
