# Runs a Go tool whose sources have a given checksum: MODULE VERSION CHECKSUM COMMAND ARGUMENTS...
set -euo pipefail
module=$1 version=$2 checksum=$3 command=$4
shift 4
found=$(go mod download -json "$module@$version" | sed -n 's/^[[:space:]]*"Sum": "\(.*\)",*$/\1/p')
if [ "$found" != "$checksum" ]; then
  echo "$module@$version has checksum '$found', but $checksum is expected" >&2
  exit 1
fi
go run "$command@$version" "$@"
