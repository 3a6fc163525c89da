# Plans (MODE=plan), applies a plan (apply), or updates without one (deploy) a Pulumi stack.
set -euo pipefail
out="$CODEBUILD_SRC_DIR/landfall-plan"
mkdir -p "$out"
work=$(mktemp -d)
echo "${EXECUTION:-}" > "$out/execution"
account=$(cut -d: -f5 <<< "$DEPLOY_ROLE")
filled() {
  local text=${1//'{accountId}'/$account}
  echo "${text//'{region}'/$DEPLOY_REGION}"
}
stack=$(filled "$STACK")
cd "$PROGRAM"

# The file that names the key of secrets is made with the stack, and no later checkout has it.
export PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER=true PULUMI_SKIP_UPDATE_CHECK=true
provider=$(sed -n 's/^secretsprovider: *//p' "Pulumi.${stack##*/}.yaml" 2> /dev/null || true)
pulumi login "$(filled "$BACKEND")?region=$DEPLOY_REGION"
pulumi install
pulumi stack select "$stack" --create \
  --secrets-provider "${provider:-awskms://alias/$KEY?region=$DEPLOY_REGION}"
refresh=()
if [ "${REFRESH:-}" = true ]; then refresh=(--refresh); fi
run=(--stack "$stack" --non-interactive --color never "${refresh[@]}")

planned() {
  pulumi preview "${run[@]}" --save-plan "$1" | tee "$work/preview"
}

case "$MODE" in
  plan)
    planned "$out/plan"
    sha256sum "$out/plan" | cut -d' ' -f1 > "$out/sha256"
    sed -n '/^Resources:/,/^$/p' "$work/preview" | sed -n 's/^[ +~-]*\([0-9].*\)$/\1/p' |
      paste -sd, - > "$out/summary"
    ;;
  apply)
    folder="CODEBUILD_SRC_DIR_$PLAN"
    plan="${!folder}/plan"
    if ! echo "$PLAN_SHA256  $plan" | sha256sum --check --status; then
      echo "error: the plan is not the approved one: its SHA-256 is not $PLAN_SHA256" >&2
      exit 1
    fi
    if [ "$(cat "${!folder}/execution")" != "$EXECUTION" ]; then
      echo "A rollback: this release was applied before, so a new plan of it is made and applied."
      plan="$work/plan"
      planned "$plan"
    fi
    pulumi up "${run[@]}" --plan "$plan" --yes --skip-preview
    ;;
  deploy)
    pulumi up "${run[@]}" --yes
    ;;
esac
