# Plans (MODE=plan), applies a plan (apply), or does both (deploy) with Terraform or OpenTofu.
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

case "$TOOL" in
  terraform)
    tool=terraform
    url="https://releases.hashicorp.com/terraform/$VERSION/terraform_${VERSION}_linux_amd64.zip"
    ;;
  opentofu)
    tool=tofu
    url="https://github.com/opentofu/opentofu/releases/download/v$VERSION/tofu_${VERSION}_linux_amd64.zip"
    ;;
esac
curl --fail --silent --show-error --location --retry 3 --output "$work/tool.zip" "$url"
if ! echo "$SHA256  $work/tool.zip" | sha256sum --check --status; then
  echo "error: $url has another SHA-256 than $SHA256" >&2
  exit 1
fi
unzip -qo "$work/tool.zip" "$tool" -d "$work/tool"
export PATH="$work/tool:$PATH" TF_IN_AUTOMATION=true TF_INPUT=false

cd "$PROGRAM"
backend=$(filled "$BACKEND") state=$(filled "$STATE").tfstate
location="${backend#s3://}/$state"
# An override file holds whatever backend the configuration names, or none at all.
cat > landfall_override.tf.json << JSON
{"terraform": {"backend": {"s3": {
  "bucket": "${location%%/*}", "key": "${location#*/}", "region": "$DEPLOY_REGION",
  "encrypt": true, "kms_key_id": "alias/$KEY", "use_lockfile": true}}}}
JSON

planned() {
  local files=()
  while IFS= read -r file; do
    if [ -n "$file" ]; then files+=("-var-file=$(filled "$file")"); fi
  done <<< "${VAR_FILES:-}"
  "$tool" plan -no-color -lock-timeout=10m -out="$1" "${files[@]}"
}

case "$MODE" in
  plan)
    "$tool" init -no-color
    planned "$out/plan"
    sha256sum "$out/plan" | cut -d' ' -f1 > "$out/sha256"
    # Apply needs the same releases of providers as the plan.
    cp .terraform.lock.hcl "$out/lock.hcl" 2> /dev/null || true
    "$tool" show -json "$out/plan" | jq --raw-output '
      def counted($all; $verb; $of):
        ([$all[] | select(IN($of[]))] | length) | select(. > 0) | "\(.) to \($verb)";
      [.resource_changes[]?.change.actions | join("+")] as $all
      | ([.resource_drift[]? | select(.change.actions != ["no-op"])] | length) as $drift
      | [counted($all; "create"; ["create"]), counted($all; "update"; ["update"]),
         counted($all; "replace"; ["delete+create", "create+delete"]),
         counted($all; "delete"; ["delete"])]
      | if length > 0 then join(", ") else "nothing to change" end
      | if $drift > 0 then "\(.); \($drift) changed elsewhere" else . end' > "$out/summary"
    ;;
  apply)
    folder="CODEBUILD_SRC_DIR_$PLAN"
    plan="${!folder}/plan"
    if ! echo "$PLAN_SHA256  $plan" | sha256sum --check --status; then
      echo "error: the plan is not the approved one: its SHA-256 is not $PLAN_SHA256" >&2
      exit 1
    fi
    cp "${!folder}/lock.hcl" .terraform.lock.hcl 2> /dev/null || true
    "$tool" init -no-color
    if [ "$(cat "${!folder}/execution")" != "$EXECUTION" ]; then
      echo "A rollback: this release was applied before, so a new plan of it is made and applied."
      plan="$work/plan"
      planned "$plan"
    fi
    "$tool" apply -no-color -lock-timeout=10m "$plan"
    ;;
  deploy)
    "$tool" init -no-color
    planned "$work/plan"
    "$tool" apply -no-color -lock-timeout=10m "$work/plan"
    ;;
esac
