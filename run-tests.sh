#!/bin/sh
# Everything that must hold before a change lands: types, lint, unit tests, tests against real programs, the quickstart.
# Under 20 minutes on two cores. `npm test` alone is the part that needs no server, in under a minute.
set -eu
root=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
cd "$root"
node=$(scripts/node)
PATH="$node:$PATH"; export PATH
scripts/install
scripts/debian-packages
step() { echo; echo "== $1"; shift; "$@"; }
step 'types' npx --no-install tsc --noEmit
step 'lint and format' npm run --silent lint
step 'unit tests' npm test --silent
step 'tests against real programs' npm run --silent test:interop
step 'quickstart' ./quickstart --check
echo; echo "all tests passed"
