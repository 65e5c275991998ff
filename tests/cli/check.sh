#!/bin/sh
# akreport check: the gate on real runs, its formats, its exit codes.
. tests/lib.sh
s=$T/s.db
for v in goakt-v3 goakt-v4; do
    t_ok "$v is imported" "$AKREPORT" import --store "$s" --label $v $DATA/goakt/$v/shutdown.txt
done
t_exit 1 "v3 fails" "$AKREPORT" check --store "$s" goakt-v3
cp "$T/out" "$T/v3"
t_out "v3 fails bytes at 1,000 actors" "$T/v3" 'fail +bytes +GCAllocationsDuringShutdown_1000Actors'
t_out "v3 fails time at 1,000 actors" "$T/v3" 'fail +time +ShutdownLatency_1000Actors'
t_out "v3 does not leak" "$T/v3" 'pass +growth +GCAllocationsDuringShutdown_1000Actors'
t_exit 1 "v4 fails" "$AKREPORT" check --store "$s" goakt-v4
cp "$T/out" "$T/v4"
t_out "the first line is the verdict" "$T/v4" '^5 failed, 5 passed'
t_out "v4 fails bytes at 1,000 actors" "$T/v4" 'fail +bytes +GCAllocationsDuringShutdown_1000Actors.*above the limit'
t_out "v4 passes time" "$T/v4" 'pass +time +ShutdownLatency_1000Actors'
t_out "v4 leaks, with its slope" "$T/v4" 'leak: 1\.64 MB for every stop of 1,000 actors'
t_exit 1 "a file is checked without a history" "$AKREPORT" check $DATA/goakt/goakt-v4/shutdown.txt
t_exit 1 "evidence is explained" "$AKREPORT" check --store "$s" --explain goakt-v4
t_out "with the interval" "$T/out" '95 % interval 1\.201MB to 1\.246MB'
t_out "and what MB means there" "$T/out" '2\^20 bytes'
t_exit 1 "as JSON" "$AKREPORT" check --store "$s" --format json goakt-v4
t_out "JSON holds the growth" "$T/out" '"growth": ?"leak"'
t_exit 1 "as JUnit" "$AKREPORT" check --store "$s" --format junit goakt-v4
t_out "JUnit counts" "$T/out" '<testsuites name="built-in" tests="10" failures="5"'
t_exit 1 "as Markdown" "$AKREPORT" check --store "$s" --format md goakt-v4
t_out "Markdown has the table" "$T/out" '^\| ✗ fail \| bytes'

printf '[time]\nbenchmark = ShutdownLatency_1000Actors\nunit = ms/shutdown\nlimit = < 100 ms\n' >"$T/ok.ini"
t_exit 0 "a criterion that is met" "$AKREPORT" check --store "$s" --criteria "$T/ok.ini" goakt-v4
printf '[none]\nbenchmark = Nothing\nunit = ms/shutdown\nlimit = < 100 ms\n' >"$T/none.ini"
t_exit 3 "nothing measured is no success" "$AKREPORT" check --store "$s" --criteria "$T/none.ini" goakt-v4
t_out "and says why" "$T/out" 'not measured: no benchmark of the run matches'
printf '[x]\nunit = ns/op\nlimit = < 1 s\nlimits = 3\n' >"$T/bad.ini"
t_exit 2 "an unknown key is wrong use" "$AKREPORT" check --store "$s" --criteria "$T/bad.ini" goakt-v4
t_out "named with its line" "$T/err" 'bad\.ini:4: unknown key "limits"'
t_exit 2 "an unknown run" "$AKREPORT" check --store "$s" nobody
t_exit 2 "a missing criteria file" "$AKREPORT" check --store "$s" --criteria "$T/absent" goakt-v4
t_exit 2 "no run" "$AKREPORT" check
t_exit 2 "an unknown format" "$AKREPORT" check --store "$s" --format yaml goakt-v4

printf '[rel]\nbenchmark = GCAlloc.*Actors\nunit = ns/op\nlimit = < +5 %%\nbase = goakt-v3\n' >"$T/rel.ini"
t_exit 0 "relative to another run" "$AKREPORT" check --store "$s" --criteria "$T/rel.ini" goakt-v4
printf '[size]\nunit = B/op\nlimit = exponent < 1.3\n' >"$T/size.ini"
t_exit 1 "growth over sizes" "$AKREPORT" check --criteria "$T/size.ini" $DATA/goakt/sizes/goakt-v3.txt
t_out "with its exponent and sizes" "$T/out" 'grows with a power of 1\.8.* over 3 sizes \(100 to 10000'
t_exit 1 "explained" "$AKREPORT" check --explain --criteria "$T/size.ini" $DATA/goakt/sizes/goakt-v3.txt
t_out "by the medians of the sizes" "$T/out" 'medians by size: 100: 1\.6[0-9]+MB of [0-9]+, 1000: 7.*MB of [0-9]+, 10000: 6\.[0-9]+GB of'
t_exit 0 "linear growth is fine" "$AKREPORT" check --criteria "$T/size.ini" $DATA/goakt/sizes/goakt-v4.txt
t_exit 3 "superlinear growth is named unasked" "$AKREPORT" check --criteria "$T/none.ini" $DATA/goakt/sizes/goakt-v3.txt
t_out "as a warning" "$T/out" '^warning: P007 ShutdownLatency_NActors B/op grows with a power of 1\.8.*: superlinear$'

grep -v GCAlloc $DATA/goakt/goakt-v4/shutdown.txt | grep -v 'MB/heap' >"$T/latency.txt"
t_exit 3 "one of the guide's benchmarks alone passes nothing" "$AKREPORT" check "$T/latency.txt"
t_out "though what was measured does" "$T/out" '^0 failed, 2 passed, 2 not judged'
tail -n 1 "$T/out" >"$T/last"
t_out "the last line says what to run" "$T/last" "^not judged: bytes .*, growth .*go test -run='\^\\$' -bench='GCAllocations\.\*\|ShutdownLatency_1000\.\*'"

n=$T/nightly.db
for f in $DATA/goakt/history/run*.txt; do
    "$AKREPORT" import --store "$n" --label nightly "$f" >/dev/null
done
printf '[level]\nbenchmark = Latency\nunit = ms/shutdown\nlimit = < +5 %%\nbase = history\n' >"$T/level.ini"
printf '[creep]\nunit = B/op\nlimit = trend < +3 %%\nruns = 8\n' >"$T/trend.ini"
t_exit 0 "against the level of the history" "$AKREPORT" check --store "$n" --criteria "$T/level.ini" nightly
t_out "which is that since the step" "$T/out" 'against the level of the last 5 runs'
t_exit 0 "an older run, against what was before it" "$AKREPORT" check --store "$n" --criteria "$T/level.ini" nightly~5
t_out "is the first of the new level" "$T/out" '-91\.6 % against the level of the last 6 runs'
cat "$T/level.ini" "$T/trend.ini" >"$T/both.ini"
t_exit 0 "both kinds" "$AKREPORT" check --store "$n" --criteria "$T/both.ini" nightly
passed=$(sed -n 's/^0 failed, \([0-9]*\) passed.*/\1/p' "$T/out")
t_ok "the dashboard judges them too" "$AKREPORT" dashboard --store "$n" --criteria "$T/both.ini" -o "$T/d.html"
t_out "and says the same of the newest run" "$T/d.html" "Criteria met.*criteria: $passed passed, 0 not judged"
t_exit 2 "a dashboard by a file that is not there" "$AKREPORT" dashboard --store "$n" --criteria "$T/gone.ini" -o "$T/d.html"
t_exit 1 "a file against a history" "$AKREPORT" check --store "$n" --criteria "$T/level.ini" --history nightly $DATA/goakt/goakt-v3/shutdown.txt
t_exit 3 "a file without one" "$AKREPORT" check --store "$n" --criteria "$T/level.ini" $DATA/goakt/goakt-v3/shutdown.txt
t_out "is told how" "$T/out" 'give --history LABEL'
t_exit 0 "a trend over the last runs" "$AKREPORT" check --store "$n" --explain --criteria "$T/trend.ini" nightly
t_out "with its evidence" "$T/out" 'Theil-Sen slope .* a run .*autocorrelation counted: p ='
t_done
