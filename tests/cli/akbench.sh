#!/bin/sh
# akbench: options, Go's text, profiles of the guide, the history.
. tests/lib.sh

t_exit 0 "lists all benchmarks" "$AKBENCH" -list -bench .
cp "$T/out" "$T/list"
for name in ShutdownLatency_100Actors ShutdownLatency_1000Actors ShutdownLatency_10000Actors \
    ShutdownLatency_100Grains ShutdownLatency_1000Grains ShutdownLatency_Mixed \
    GCAllocationsDuringShutdown_100Actors GCAllocationsDuringShutdown_1000Actors \
    GCAllocationsDuringShutdown_100Grains GCAllocationsDuringShutdown_1000Grains \
    GCAllocationsDuringShutdown_Mixed ActorMemoryFootprint MemoryFootprintDuringRebalancing \
    Tell Ask Request SendAsync SendSync QueryActorsByOwner HeapGrowth; do
    t_out "has $name" "$T/list" "^Benchmark$name\$"
done

t_exit 2 "wants a pattern" "$AKBENCH"
t_exit 2 "refuses an unknown option" "$AKBENCH" -bench . -nonsense
t_exit 2 "refuses a bad regular expression" "$AKBENCH" -bench '('
t_exit 2 "refuses a bad time" "$AKBENCH" -bench . -benchtime soon
t_exit 2 "refuses no turns" "$AKBENCH" -bench . -benchtime 0x
t_exit 2 "refuses a bad stop mode" "$AKBENCH" -bench . -stop=never
t_exit 2 "refuses an argument" "$AKBENCH" -bench . extra
t_exit 3 "nothing matched is not a success" "$AKBENCH" -bench NoSuchBenchmark
t_exit 0 "prints help" "$AKBENCH" -help

t_exit 0 "runs as Go's command line says" "$AKBENCH" -bench=BenchmarkGCAllocationsDuringShutdown -run='^$' \
    -benchtime 3x -count 2 -benchmem -short
cp "$T/out" "$T/gc"
t_out "names the platform" "$T/gc" '^goos: linux$'
t_out "measures" "$T/gc" '^BenchmarkGCAllocationsDuringShutdown_1000Actors(-[0-9]+)? *	 *3	.* ns/op	.* MB/alloc	.* MB/heap	.* bytes/alloc	.* count/alloc	.* B/op	.* allocs/op$'
t_out "passes" "$T/gc" '^PASS$'
lines=$(grep -c '^Benchmark' "$T/gc")
if [ "$lines" = 10 ]; then echo "ok $((t_n += 1)) - five benchmarks twice"; else t__fail "five benchmarks twice: $lines"; fi
if grep '^Benchmark' "$T/gc" | grep -vq '	 *0 bytes/alloc	'; then
    t__fail "a stop by claim allocates nothing"
else
    t__say ok "a stop by claim allocates nothing"
fi

t_exit 0 "stops by message" "$AKBENCH" -bench 'Latency_100Actors' -benchtime 3x -stop message
t_exit 0 "verifies the relocation" "$AKBENCH" -bench Rebalancing -benchtime 3x
t_exit 0 "queries" "$AKBENCH" -bench Query -benchtime 20x
t_exit 0 "runs the flows" "$AKBENCH" -bench 'Tell|Ask|Request|Send|FanOut|PingPong' -benchtime 2000x
t_exit 0 "runs the lives of actors" "$AKBENCH" -bench 'Spawn|Footprint|Restart|Sweep|HeapGrowth' -benchtime 1x -short
cp "$T/out" "$T/lives"
t_out "spawn-and-stop cycles leave nothing" "$T/lives" '^BenchmarkHeapGrowth.*	 *0 bytes/cycle'

here=$(pwd)
bench=$AKBENCH
case $bench in /*) ;; *) bench=$here/$bench ;; esac
report=$AKREPORT
case $report in /*) ;; *) report=$here/$report ;; esac
for kind in shutdown rebalancing query; do
    variable=GOAKT_PROFILE_$(echo $kind | tr a-z A-Z)
    mkdir -p "$T/$kind"
    t_exit 0 "$variable writes profiles" env "$variable=1" "$bench" -outputdir "$T/$kind" \
        -bench 'GCAllocationsDuringShutdown_100Actors|Rebalancing|QueryActorsByOwner' -benchtime 20x
    for f in "${kind}_cpu" "${kind}_mem" "${kind}_before_mem"; do
        t_ok "$f.prof is a profile" "$report" pprof -top "$T/$kind/$f.prof"
    done
done
t_exit 0 "says when no benchmark of the kind ran" env GOAKT_PROFILE_QUERY=1 "$bench" -outputdir "$T" \
    -bench Latency_100Actors -benchtime 1x
t_out "and why" "$T/err" 'GOAKT_PROFILE_QUERY is set, but no benchmark of that kind'

t_exit 0 "stores a run" "$AKBENCH" -bench 'Latency_100' -benchtime 2x -count 3 -store "$T/s.db" -label mine \
    -cpuprofile "$T/c.prof" -memprofile "$T/m.prof"
t_exit 0 "which akreport shows" "$AKREPORT" runs --store "$T/s.db"
t_out "with its results and profiles" "$T/out" 'mine .* 15 +5 +2 '
t_exit 2 "a store that cannot be written" "$AKBENCH" -bench 'Latency_100' -benchtime 1x -store "$T/none/s.db"
t_exit 2 "a profile that cannot be written" "$AKBENCH" -bench 'Latency_100' -benchtime 1x -cpuprofile "$T/none/c.prof"
t_done
