# Builds an image, pushes it with a tag of its own, and writes what later stages need. Without
# IMAGE_REPOSITORY it only builds the image: a pull request pushes none.
#
# IMAGE_REPOSITORY  the repository's address
# DOCKERFILE        the Dockerfile's path
# CONTEXT           the folder that is built
# CONTAINER         the container's name in imagedefinitions.json; empty for no such file
# FAIL_ON           severities of findings that fail the build, separated by spaces; empty for none
# SBOM              1 for a list of the image's packages, sbom.json
set -euo pipefail

if [ -z "${IMAGE_REPOSITORY:-}" ]; then
  docker build --file "$DOCKERFILE" --tag image "$CONTEXT"
  exit
fi

registry=${IMAGE_REPOSITORY%%/*} repository=${IMAGE_REPOSITORY#*/}
revision=$(printf '%.12s' "${CODEBUILD_RESOLVED_SOURCE_VERSION:-}" | tr -c 'A-Za-z0-9_.-' _)
build=${CODEBUILD_BUILD_ID##*:}
tag="_${revision:-none}-${build:0:8}"
# Most revisions are commits, and need no underscore to begin a tag.
[[ $revision =~ ^[A-Za-z0-9] ]] && tag=${tag#_}

aws ecr get-login-password --region "$AWS_REGION" |
  docker login --username AWS --password-stdin "$registry"
docker build --file "$DOCKERFILE" --tag "$IMAGE_REPOSITORY:$tag" "$CONTEXT"
docker push "$IMAGE_REPOSITORY:$tag"
digest=$(aws ecr describe-images --repository-name "$repository" --image-ids imageTag="$tag" \
  --query 'imageDetails[0].imageDigest' --output text)
uri="$IMAGE_REPOSITORY@$digest"

scan() {
  aws ecr describe-image-scan-findings --repository-name "$repository" \
    --image-id imageDigest="$digest" --output text --query "$1"
}

check_scan() {
  local attempt status found severity
  for attempt in $(seq 60); do
    status=$(scan imageScanStatus.status 2>/dev/null) || status=none
    case $status in
    COMPLETE | ACTIVE) break ;;
    FAILED | UNSUPPORTED_IMAGE | SCAN_ELIGIBILITY_EXPIRED) break ;;
    esac
    sleep 5
  done
  if [[ $status != COMPLETE && $status != ACTIVE ]]; then
    echo "the scan of $uri ended with status $status" >&2
    return 1
  fi
  for severity in $FAIL_ON; do
    found=$(scan "imageScanFindings.findingSeverityCounts.$severity")
    if [ "$found" != None ] && [ "$found" -gt 0 ]; then
      echo "$uri has $found vulnerabilities of severity $severity" >&2
      return 1
    fi
  done
}

if [ -n "$FAIL_ON" ]; then check_scan; fi
if [ "$SBOM" = 1 ]; then
  bash /tmp/python_tool.sh syft
  /tmp/syft/bin/syft scan "docker:$IMAGE_REPOSITORY:$tag" --quiet --output cyclonedx-json=sbom.json
fi
printf '{"ImageURI":"%s"}\n' "$uri" >imageDetail.json
if [ -n "$CONTAINER" ]; then
  printf '[{"name":"%s","imageUri":"%s"}]\n' "$CONTAINER" "$uri" >imagedefinitions.json
fi
printf 'export IMAGE_TAG=%s IMAGE_DIGEST=%s IMAGE_URI=%s\n' "$tag" "$digest" "$uri" >/tmp/image.env
