#!/bin/sh
# The life of 1,000 mixed PCs, as tests/system/0973-fleet.t has it: configured, adopted, changed behind
# our back, repaired, rotated, renewed, unconfigured. One line per stage: seconds, PCs, round trips, the
# same for each PC, peak KB and CPU seconds of the service, stage. Nothing when a step of it fails.
#   life.sh [COUNT]    (default 1000)
set -eu
umask 077
root=$(cd "$(dirname "$0")/../.." && pwd)
OUTBAND=${OUTBAND:-$root/build/outband}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
OUTBAND=$OUTBAND FLEET=${1:-1000} FLEET_FIGURES=$dir/figures SHARED_DIR=${SHARED_DIR:-$root/../shared} \
	sh "$root/tests/system/0973-fleet.t" --immediate >out 2>&1 || {
	tail -5 out >&2
	exit 1
}
cat figures
