#!/bin/sh
# What `akreport lint go` costs on the recorded diagnostics and profiles of a real module: time and memory
# of the best of five runs, and what the join reached.
#   sh bench/self/lint.sh [BUILD]
B=${1:-build}
data=tests/data/static
T=$(mktemp -d) || exit 2
trap 'rm -rf "$T"' EXIT
tar -xzf $data/diagnostics.tar.gz -C "$T"
for _ in 1 2 3 4 5; do
    /usr/bin/time -f '%U %S %e %M' -a -o "$T/times" "$B/akreport" lint go --diagnostics "$T/trim" \
        --base $data/shutdown_before.prof $data/shutdown_mem.prof >"$T/out"
done
sort -n -k3 "$T/times" | head -n 1 |
    awk '{ printf "user %s s, system %s s, elapsed %s s, %.1f MB\n", $1, $2, $3, $4 / 1024 }'
sed -n '/^[0-9]* finding/,$p' "$T/out"
