# Invalidates paths of a CloudFront distribution, and waits until the new files are served.
set -euo pipefail
readarray -t paths <<< "$PATHS"
id=$(aws cloudfront create-invalidation --distribution-id "$DISTRIBUTION" --paths "${paths[@]}" \
  --query Invalidation.Id --output text)
aws cloudfront wait invalidation-completed --distribution-id "$DISTRIBUTION" --id "$id"
