#!/bin/sh
# rehearse.sh PLATFORM [REPORT]: rehearse a push of these sources to main against the platform's stack.
# PLATFORM is a checkout of the landing zone whose stack STACK has this application. It needs the AWS
# CLI, and no credentials. REPORT is the page that it writes; default: rehearsal.html.
set -eu
usage='usage: rehearse.sh PLATFORM [REPORT]'
platform=$(cd "${1:?$usage}" && pwd)
report=$(pwd)/${2:-rehearsal.html}
sources=$(cd "$(dirname "$0")" && pwd)
stack=${STACK:-greeter}

cd "$platform"
make up STACK="$stack"
environment=$(.venv/bin/landfall env -s "$stack")
eval "$environment"
# What a platform team has created in the accounts: in the sandbox, nobody did it yet.
sh "$sources/profiles.sh"
sh "$sources/create-function.sh" greeter-dev
sh "$sources/create-function.sh" greeter-prod
make rehearse STACK="$stack" APPLICATION=greeter SOURCE="$sources" PUSH=main OUTPUT="$report"
