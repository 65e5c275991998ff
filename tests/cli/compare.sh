#!/bin/sh
# akreport compare: benchstat's table cell by cell, and our own judgement.
. tests/lib.sh
if command -v python3 >/dev/null; then
    t_ok "every recorded case equals benchstat" python3 $DATA/benchstat/run.py "$AKREPORT" compare --format csv
else
    t_skip "every recorded case equals benchstat" "no python3"
fi
c=$DATA/benchstat/cases
t_exit 2 "NaN is refused" "$AKREPORT" compare --format csv $c/nan_inf/A.txt $c/nan_inf/B.txt
t_out "with file and line" "$T/err" 'A\.txt:[0-9]+: the value of x is not a number'
t_exit 2 "a missing file" "$AKREPORT" compare --format csv $c/n01/A.txt "$T/absent"
t_exit 2 "a bad filter" "$AKREPORT" compare --format csv -filter 'a:(' $c/n01/A.txt
t_exit 2 "alpha out of range" "$AKREPORT" compare --format csv -alpha 2 $c/n01/A.txt
t_exit 2 "one file cannot be compared" "$AKREPORT" compare $c/n01/A.txt

s=$T/s.db
for v in goakt-v3 goakt-v4; do
    t_ok "$v is imported" "$AKREPORT" import --store "$s" --label $v $DATA/goakt/$v/*
done
t_exit 1 "v4 is worse somewhere" "$AKREPORT" compare --store "$s" goakt-v3 goakt-v4
cp "$T/out" "$T/text"
t_out "the first line is the verdict" "$T/text" '^5 worse, 43 better'
t_out "all eight benchmarks are judged" "$T/text" 'better +ShutdownLatency_1000Actors +ms/shutdown'
t_out "the leak is named" "$T/text" 'leak in the second run: rises by 1\.64'
t_out "functions explain it" "$T/text" 'github.com/tochemey/goakt/v4/actor\.newPID'
t_out "with samples and error" "$T/text" 'in [0-9]+ -> [0-9]+ samples, ±'
t_out "the profile's scope is said" "$T/text" 'the profiles cover 8 benchmarks together'
t_out "geomean over pairs" "$T/text" 'geomean +ns/op .*over 8 pairs'
t_exit 0 "the other way round nothing is worse but the times" "$AKREPORT" compare --store "$s" goakt-v3 goakt-v3
t_out "a run is the same as itself" "$T/out" '^0 worse'
t_exit 1 "files instead of runs" "$AKREPORT" compare $DATA/goakt/goakt-v3/shutdown.txt $DATA/goakt/goakt-v4/shutdown.txt
t_exit 1 "as JSON" "$AKREPORT" compare --store "$s" --format json goakt-v3 goakt-v4
t_out "JSON holds the causes" "$T/out" '"function":'
t_exit 1 "as Markdown" "$AKREPORT" compare --store "$s" --format md goakt-v3 goakt-v4
t_out "Markdown stands alone" "$T/out" '^\*\*5 worse, 43 better\*\*'
t_exit 1 "as JUnit" "$AKREPORT" compare --store "$s" --format junit goakt-v3 goakt-v4
t_ok "CSV of runs reads split results too" "$AKREPORT" compare --store "$s" --format csv -ignore pkg goakt-v3 goakt-v4
t_out "all ten values" "$T/out" 'n=10'
printf 'BenchmarkA 1 5 ns/op\n' >"$T/a"
printf 'BenchmarkB 1 5 ns/op\n' >"$T/b"
t_exit 3 "nothing in common cannot be judged" "$AKREPORT" compare "$T/a" "$T/b"
: >"$T/empty"
t_exit 3 "nothing measured" "$AKREPORT" compare "$T/empty" "$T/a"
t_exit 2 "an unknown run" "$AKREPORT" compare --store "$s" goakt-v3 nobody
t_exit 1 "a filter chooses rows" "$AKREPORT" compare --filter '.name:/Latency/ .unit:ns/op' "$DATA/goakt/goakt-v4/shutdown.txt" "$DATA/goakt/goakt-v3/shutdown.txt"
t_out "these are there" "$T/out" 'ShutdownLatency_1000Actors +ns/op'
t_ok "and no others" sh -c "! grep -qE 'bytes/alloc|GCAllocations' '$T/out'"
t_exit 2 "a filter that is none" "$AKREPORT" compare --filter '.name:(' "$DATA/goakt/goakt-v4/shutdown.txt" "$DATA/goakt/goakt-v3/shutdown.txt"

t_exit 1 "many runs side by side" "$AKREPORT" compare --store "$s" goakt-v3 goakt-v3 goakt-v4
t_out "each against the first" "$T/out" '^goakt-v4 \(run 2\): 5 worse, 43 better against goakt-v3 \(run 1\)'
t_out "in one row" "$T/out" 'ShutdownLatency_1000Actors +ms/shutdown +221ms ±6% +221ms ±6% +. [a-z]+ 0% +12\.24ms ±16% +. better -94\.4%'
t_out "the means are of pairs" "$T/out" 'geomean +ns/op +8 pairs .* 8 pairs +-78\.5%'
t_exit 1 "many as Markdown" "$AKREPORT" compare --format md --store "$s" goakt-v3 goakt-v3 goakt-v4
t_out "a column per run" "$T/out" '^\| benchmark \| unit \| goakt-v3 \(run 1\) \| goakt-v3 \(run 1\) \| change \| goakt-v4 \(run 2\) \| change \|$'
t_exit 1 "many as JSON" "$AKREPORT" compare --format json --store "$s" goakt-v3 goakt-v3 goakt-v4
t_out "a comparison per run" "$T/out" '"comparisons":'
t_exit 1 "many as JUnit" "$AKREPORT" compare --format junit --store "$s" goakt-v3 goakt-v3 goakt-v4
t_out "a suite per run" "$T/out" '<testsuite name="goakt-v3 -&gt; goakt-v4" tests="48" failures="5"'
t_exit 2 "charts are of two" "$AKREPORT" compare --png "$T/x" --store "$s" goakt-v3 goakt-v3 goakt-v4
t_exit 2 "projections are benchstat's" "$AKREPORT" compare -row .name "$T/a" "$T/b"

printf 'cpu: X\nBenchmarkA 1 5 ns/op\n' >"$T/x"
printf 'cpu: Y\nBenchmarkA 1 6 ns/op\n' >"$T/y"
t_ok "two machines in benchstat's table" "$AKREPORT" compare --format csv "$T/x" "$T/y"
t_out "are said to stand apart" "$T/err" 'A of .*/x and .*/y stands in two tables and is not compared, since cpu differs: -ignore cpu compares it$'
t_ok "and put together" "$AKREPORT" compare --format csv -ignore cpu "$T/x" "$T/y"
t_exit 1 "without a word" grep -q 'two tables' "$T/err"
t_exit 3 "our own table compares them" "$AKREPORT" compare "$T/x" "$T/y"
t_out "and says so" "$T/out" '^environment differs: cpu: X -> Y'
for v in 1 2 3 4 5 6 7 8; do echo "BenchmarkS 1 5$v score 10$v ns/op" >>"$T/s1"; echo "BenchmarkS 1 9$v score 10$v ns/op" >>"$T/s2"; done
sed -i '1i Unit score better=higher' "$T/s1" "$T/s2"
t_exit 0 "a unit of which more is better" "$AKREPORT" compare "$T/s1" "$T/s2"
t_out "is better" "$T/out" 'better +S +score'
t_exit 1 "and the other way round" "$AKREPORT" compare "$T/s2" "$T/s1"

# How far runs of one code lie apart, from the history: eight runs of a machine that differ by 6 %.
n=$T/n.db
i=0
for level in 100 107 94 103 97 108 95 101 112; do
    i=$((i + 1))
    { echo 'cpu: x'; for v in 01 02 03 04 05 06 07 08 09 10; do echo "BenchmarkA 10 $level.$v ns/op"; done; } >"$T/r"
    "$AKREPORT" import --store "$n" --label main "$T/r" >/dev/null
done
t_exit 3 "within what runs differ by" "$AKREPORT" compare --store "$n" main~1 main
t_out "says so in the row" "$T/out" 'runs of one code lie [0-9.]+ % apart here by themselves \(8 runs of the history\)'
t_out "and how far" "$T/out" 'run to run'
{ echo 'cpu: x'; for v in 01 02 03 04 05 06 07 08 09 10; do echo "BenchmarkA 10 900.$v ns/op"; done; } >"$T/r"
"$AKREPORT" import --store "$n" --label main "$T/r" >/dev/null
t_exit 3 "what came later does not count" "$AKREPORT" compare --store "$n" main~2 main~1
t_out "for what was before" "$T/out" '\(8 runs of the history\)'
for v in 01 02 03 04 05 06 07 08 09 10; do
    echo "BenchmarkA 10 101.$v ns/op" >>"$T/lo"
    echo "BenchmarkA 10 112.$v ns/op" >>"$T/hi"
done
t_exit 1 "the same values as files" "$AKREPORT" compare "$T/lo" "$T/hi"
t_out "and that it is not known" "$T/out" 'how far runs of one code lie apart is not known'
t_done
