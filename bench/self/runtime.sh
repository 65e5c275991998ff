#!/bin/sh
# The runtime's rows: medians (and the least and most) of fresh processes, beside the goals. A row of
# messages means nothing without what a locked operation costs at the same moment: the last row.
# usage: bench/self/runtime.sh [ROUNDS] [path of akbench]      default: 5 rounds, build/akbench
set -eu
cd "$(dirname "$0")/../.."
rounds=${1:-5}
akbench=${2:-build/akbench}
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT

# name, unit, goal
cat >"$T/rows" <<'END'
ShutdownLatency_1000Actors ms/shutdown 0.1
ShutdownLatency_10000Actors ms/shutdown 0.5
GCAllocationsDuringShutdown_1000Actors bytes/alloc 0
GCAllocationsDuringShutdown_1000Actors count/alloc 0
ActorMemoryFootprint rss-bytes/actor 256
Spawn cpu-ns/op 300
Tell1to1 cpu-ns/op 45
Tell4to1 cpu-ns/op 45
FanOut1000 cpu-ns/op 100
PingPong cpu-ns/op 60
MemoryFootprintDuringRebalancing ns/op 50000000
MemoryFootprintDuringRebalancing bytes/alloc 1000000
HeapGrowth bytes/cycle 0
LockedOperation cpu-ns/op -
END

i=0
while [ "$i" -lt "$rounds" ]; do
    for name in $(cut -d' ' -f1 "$T/rows" | uniq); do
        "$akbench" -bench "^Benchmark$name\$" -benchtime 0.3s | grep '^Benchmark' >>"$T/out"
    done
    i=$((i + 1))
done

awk -v rounds="$rounds" '
    FNR == NR {
        split($1, part, "-")
        name = substr(part[1], 10)
        for (f = 3; f < NF; f += 2) { key = name " " $(f + 1); v[key, ++n[key]] = $f + 0 }
        next
    }
    FNR == 1 { printf "%-40s %-16s %12s %12s %12s %10s\n", "row", "unit", "median", "least", "most", "goal" }
    {
        key = $1 " " $2
        for (i = 2; i <= n[key]; i++)
            for (j = i; j > 1 && v[key, j] < v[key, j - 1]; j--) {
                t = v[key, j]; v[key, j] = v[key, j - 1]; v[key, j - 1] = t
            }
        m = n[key]
        median = m % 2 ? v[key, (m + 1) / 2] : (v[key, m / 2] + v[key, m / 2 + 1]) / 2
        printf "%-40s %-16s %12.6g %12.6g %12.6g %10s\n", $1, $2, median, v[key, 1], v[key, m], $3
    }' "$T/out" "$T/rows"
