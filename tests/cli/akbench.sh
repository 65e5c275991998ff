#!/bin/sh
# akbench: options, Go's text, profiles of the guide, the history.
. tests/lib.sh

t_exit 0 "lists all benchmarks" "$AKBENCH" -list .
cp "$T/out" "$T/list"
for name in ShutdownLatency_100Actors ShutdownLatency_1000Actors ShutdownLatency_10000Actors \
    ShutdownLatency_100Grains ShutdownLatency_1000Grains ShutdownLatency_Mixed \
    GCAllocationsDuringShutdown_100Actors GCAllocationsDuringShutdown_1000Actors \
    GCAllocationsDuringShutdown_100Grains GCAllocationsDuringShutdown_1000Grains \
    GCAllocationsDuringShutdown_Mixed ActorMemoryFootprint MemoryFootprintDuringRebalancing \
    Tell Ask Request SendAsync SendSync QueryActorsByOwner QueryGrainsByOwner QueryActorOf QueryAsk Spawn \
    Tell1to1 Tell4to1 FanOut1000 PingPong SupervisionRestart PassivationSweep HeapGrowth; do
    t_out "has $name" "$T/list" "^Benchmark$name\$"
done

t_exit 2 "wants a pattern" "$AKBENCH"
t_exit 2 "refuses an unknown option" "$AKBENCH" -bench . -nonsense
t_exit 2 "refuses a bad regular expression" "$AKBENCH" -bench '('
t_exit 2 "refuses a bad time" "$AKBENCH" -bench . -benchtime soon
t_exit 2 "refuses no turns" "$AKBENCH" -bench . -benchtime 0x
t_exit 2 "refuses a bad stop mode" "$AKBENCH" -bench . -stop=never
t_exit 2 "refuses an argument" "$AKBENCH" -bench . extra
for wrong in '-cpu 0' '-cpu 1,x' '-cpu 1,,2' '-cpu 65' '-count 0' '-count many' '-timeout soon' '-timeout -1s' \
    '-benchtime 1' '-benchtime 1s1' '-benchtime -1s' '-benchtime 0s' '-memprofilerate -1' '-blockprofilerate -1' \
    '-cpuprofilerate 4001' '-skip (' '-label x' '-race' '-coverprofile c' '-cpuprofile .' \
    '-memprofile -' '-blockprofile none/b' '-bench'; do
    # shellcheck disable=SC2086
    t_exit 2 "refuses $wrong" "$AKBENCH" -bench Latency_100Actors -benchtime 1x $wrong
    if [ "$(wc -l <"$T/err")" = 1 ] && [ ! -s "$T/out" ]; then
        t__say ok "in one line, with nothing on standard output"
    else
        t__fail "$wrong is refused in one line"
    fi
done
t_exit 2 "refuses a heap rate that is none" env AK_MEMPROFILERATE=often "$AKBENCH" -bench Latency_100Actors \
    -benchtime 1x -memprofile "$T/m.prof"
t_exit 3 "lists nothing" "$AKBENCH" -list Nothing
t_exit 0 "lists some" "$AKBENCH" -list 'Query.*Owner'
t_out "by pattern" "$T/out" '^BenchmarkQueryGrainsByOwner$'
t_exit 0 "runs with each number of workers, but not what is skipped" "$AKBENCH" -bench 'Latency_100[AG]' -skip Grains \
    -benchtime 2x -cpu 1,2 -count 2
if [ "$(grep -c '^BenchmarkShutdownLatency_100Actors  *	' "$T/out")" = 2 ] &&
    [ "$(grep -c '^BenchmarkShutdownLatency_100Actors-2	' "$T/out")" = 2 ] && [ "$(grep -c ^Bench "$T/out")" = 4 ]; then
    t__say ok "two results for each, as Go prints them"
else
    t__fail "two results for each, as Go prints them"
fi
t_exit 1 "ends when it takes too long" "$AKBENCH" -bench PingPong -benchtime 1h -timeout 1s
t_out "and says so" "$T/err" '^akbench: timed out after 1s$'
t_exit 0 "takes times as Go writes them" "$AKBENCH" -bench Latency_100Actors -benchtime 1ms500us -timeout 10m0s
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
# --- as the guide has it: all variables exported, one command for each kind; the measured part alone
mkdir "$T/guide"
t_exit 0 "all three variables at once" env GOAKT_PROFILE_SHUTDOWN=1 GOAKT_PROFILE_REBALANCING=1 GOAKT_PROFILE_QUERY=1 \
    AK_MEMPROFILERATE=1 "$bench" -outputdir "$T/guide" -benchtime 200x \
    -bench 'GCAllocationsDuringShutdown_1000Actors|Rebalancing|QueryActorsByOwner'
for f in shutdown rebalancing query; do
    t_ok "${f}_cpu.prof" "$report" pprof -tags "$T/guide/${f}_cpu.prof"
    if grep -q /setup "$T/out"; then t__fail "no set-up in ${f}_cpu.prof"; else t__say ok "no set-up in ${f}_cpu.prof"; fi
done
t_exit 0 "enough queries for CPU samples" env GOAKT_PROFILE_QUERY=1 "$bench" -outputdir "$T/guide" -bench QueryAsk \
    -benchtime 20000x
t_ok "their profile has the benchmark's label" "$report" pprof -tags "$T/guide/query_cpu.prof"
t_out "by name" "$T/out" ': QueryAsk$'
phase() { "$report" pprof -top -nodecount=1000 -nodefraction=0 -sample_index="$1" \
    -diff_base "$T/guide/$2_before_mem.prof" "$T/guide/$2_mem.prof"; }
t_ok "a difference of heap profiles" phase alloc_space shutdown
t_out "is the phase alone: a stop allocates nothing" "$T/out" 'accounting for 0, '
t_ok "a relocation allocates" phase alloc_space rebalancing
t_out "for the actors that moved" "$T/out" 'cluster'
if grep -q ' populate$' "$T/out"; then t__fail "without the set-up"; else t__say ok "without the set-up"; fi
t_exit 2 "a folder that is not there is told at once" env GOAKT_PROFILE_QUERY=1 "$bench" -outputdir "$T/none" -bench .
if [ -s "$T/out" ]; then t__fail "before anything ran"; else t__say ok "before anything ran"; fi

# --- labels on every profile
cd "$T"
t_exit 0 "profiles of all kinds" "$bench" -bench 'Ask$' -skip Query -benchtime 60000x -cpuprofile c.prof -cpuprofilerate 1000 \
    -memprofile m.prof -memprofilerate 1 -blockprofile b.prof -mutexprofile l.prof -outputdir "$T/guide"
cd "$here"
for f in c b; do
    t_ok "the labels of $f.prof" "$report" pprof -tags "$T/guide/$f.prof"
    cp "$T/out" "$T/tags.$f"
    t_out "$f.prof: benchmark" "$T/tags.$f" ': Ask$'
    t_out "$f.prof: kind" "$T/tags.$f" ': sink$'
    t_out "$f.prof: message" "$T/tags.$f" '^ message:'
done
t_out "mailbox waits" "$T/tags.b" ': mailbox$'
t_ok "every message waited once, in its handler" "$report" pprof -top -sample_index=contentions \
    -tagfocus=wait=mailbox "$T/guide/b.prof"
t_out "60,000 of them" "$T/out" '^ *60000 .* sink_receive$'
t_ok "the heap's labels" "$report" pprof -tags "$T/guide/m.prof"
t_out "m.prof: benchmark" "$T/out" ': Ask$'

t_exit 0 "says when no benchmark of the kind ran" env GOAKT_PROFILE_QUERY=1 "$bench" -outputdir "$T" \
    -bench Latency_100Actors -benchtime 1x
t_out "and why" "$T/err" 'GOAKT_PROFILE_QUERY is set, but no benchmark of that kind'

t_exit 0 "stores a run" "$AKBENCH" -bench 'Latency_100' -benchtime 2x -count 3 -store "$T/s.db" -label mine \
    -cpuprofile "$T/c.prof" -memprofile "$T/m.prof"
t_exit 0 "which akreport shows" "$AKREPORT" runs --store "$T/s.db"
t_out "with its results and profiles" "$T/out" 'mine .* 15 +5 +2 '
# --- our own criteria
t_exit 0 "a run to judge" "$AKBENCH" -bench 'GCAllocations|HeapGrowth|Rebalancing' -benchtime 2x -count 3 -short \
    -store "$T/judge.db" -label judged
t_exit 3 "what was not measured cannot be judged" "$AKREPORT" check judged --store "$T/judge.db" --criteria bench/criteria.ini
cp "$T/out" "$T/check"
for name in 'bytes in a stop' 'mallocs in a stop' 'relocation bytes' 'growth of the heap by spawn and stop'; do
    t_out "pass: $name" "$T/check" "pass +$name "
done
t_exit 2 "a store that cannot be written" "$AKBENCH" -bench 'Latency_100' -benchtime 1x -store "$T/none/s.db"
t_exit 2 "a profile that cannot be written" "$AKBENCH" -bench 'Latency_100' -benchtime 1x -cpuprofile "$T/none/c.prof"
t_done
