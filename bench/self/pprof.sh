#!/bin/sh
# What `akreport pprof` costs beside `gzip -dc` of the same files: the yardstick of reading profiles.
# Prints CPU seconds (user + system, the best of RUNS) and peak memory. Nothing is asserted.
#   bench/self/pprof.sh [BUILD]        BUILD defaults to build; inputs are made once, in BUILD/bench-data
set -eu
build=${1:-build}
runs=${RUNS:-3}
data=$build/bench-data
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"
gen() { # FILE ARGUMENTS...
    [ -f "$1" ] || python3 bench/self/genprof.py "$@" >/dev/null
}
mkdir -p "$data/hundred"
echo "making inputs in $data (once)"
gen "$data/n10.pb.gz" --samples 130000
gen "$data/s100.pb.gz" --samples 900000 --labels
i=1
while [ $i -le 100 ]; do
    gen "$data/hundred/$i.pb.gz" --samples 5000 --seed $i
    i=$((i + 1))
done

# Best CPU time in seconds and the peak in MB of a command whose output is thrown away.
cost() {
    n=0
    while [ $n -lt "$runs" ]; do
        /usr/bin/time -o "$data/time" -f '%U %S %M' "$@" >/dev/null 2>&1
        awk '{printf "%.2f %.1f\n", $1 + $2, $3 / 1024}' "$data/time"
        n=$((n + 1))
    done | sort -n | head -n 1
}
row() { # NAME FILE... ; the rows of one input
    name=$1
    shift
    gzip_cost=$(cost gzip -dc "$@")
    base=${gzip_cost%% *}
    printf '%-34s %6s s %8s MB\n' "$name: gzip -dc" $gzip_cost
    for report in -top -proto; do
        c=$(cost "$build/akreport" pprof $report -output "$data/out" "$@")
        ratio=$(echo "${c%% *} $base" | awk '{printf "%.1f", $1 / $2}')
        printf '%-34s %6s s %8s MB  %sx\n' "$name: $report" $c "$ratio"
    done
}
row "130,000 samples" "$data/n10.pb.gz"
row "900,000 samples with labels" "$data/s100.pb.gz"
row "100 files of 5,000 samples" "$data"/hundred/*.pb.gz
