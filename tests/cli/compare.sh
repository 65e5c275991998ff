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
cp "$T/out" "$T/text"
t_exit 1 "and no others" grep -qE 'bytes/alloc|GCAllocations' "$T/text"
t_exit 2 "a filter that is none" "$AKREPORT" compare --filter '.name:(' "$DATA/goakt/goakt-v4/shutdown.txt" "$DATA/goakt/goakt-v3/shutdown.txt"

t_exit 1 "many runs side by side" "$AKREPORT" compare --store "$s" goakt-v3 goakt-v3 goakt-v4
t_out "each against the first" "$T/out" '^goakt-v4 \(run 2\): 5 worse, 43 better against goakt-v3 \(run 1\)'
t_out "in one row" "$T/out" 'ShutdownLatency_1000Actors +ms/shutdown +221ms ±6% +221ms ±6% +. [a-z]+ 0% +\[[^]]*\] +12\.24ms ±16% +. better -94\.4% +\[-94\.9%, -93\.8%\]'
t_out "the means are of pairs" "$T/out" 'geomean +ns/op +8 pairs .* 8 pairs +-78\.5%'
t_exit 1 "in a narrow terminal a line for each" env COLUMNS=80 "$AKREPORT" compare --store "$s" goakt-v3 goakt-v3 goakt-v4
t_out "the row first" "$T/out" '^ShutdownLatency_1000Actors  ms/shutdown$'
t_out "then the runs with their intervals" "$T/out" '^  goakt-v4 \(run 2\) +12\.24ms ±16%  . better -94\.4% +\[-94\.9%, -93\.8%\]$'
cp "$T/out" "$T/narrow"
t_ok "none of them wider" awk '/^[A-Z].*  / { table = 1 } /^Margin/ { table = 0 } table && length > 84 { exit 1 }' "$T/narrow"
t_exit 1 "many as Markdown" "$AKREPORT" compare --format md --store "$s" goakt-v3 goakt-v3 goakt-v4
t_out "a column per run" "$T/out" '^\| benchmark \| unit \| goakt-v3 \(run 1\) \| goakt-v3 \(run 1\) \| change, interval \| goakt-v4 \(run 2\) \| change, interval \|$'
t_exit 1 "many as JSON" "$AKREPORT" compare --format json --store "$s" goakt-v3 goakt-v3 goakt-v4
t_out "a comparison per run" "$T/out" '"comparisons":'
t_exit 1 "many as JUnit" "$AKREPORT" compare --format junit --store "$s" goakt-v3 goakt-v3 goakt-v4
t_out "a suite per run" "$T/out" '<testsuite name="goakt-v3 -&gt; goakt-v4" tests="48" failures="5"'
t_exit 2 "charts are of two" "$AKREPORT" compare --png "$T/x" --store "$s" goakt-v3 goakt-v3 goakt-v4

printf 'cpu: X\nBenchmarkA 1 5 ns/op\n' >"$T/x"
printf 'cpu: Y\nBenchmarkA 1 6 ns/op\n' >"$T/y"
t_ok "two machines in benchstat's table" "$AKREPORT" compare --format csv "$T/x" "$T/y"
t_out "are said to stand apart" "$T/err" 'A of .*/x and .*/y stands in two tables and is not compared, since cpu differs: -ignore cpu compares it$'
t_ok "and put together" "$AKREPORT" compare --format csv -ignore cpu "$T/x" "$T/y"
cp "$T/err" "$T/said"
t_exit 1 "without a word" grep -q 'two tables' "$T/said"
t_exit 3 "our own table compares them" "$AKREPORT" compare "$T/x" "$T/y"
t_out "and says so" "$T/out" '^environment differs: cpu: X -> Y'
for v in 1 2 3 4 5 6 7 8; do echo "BenchmarkS 1 5$v score 10$v ns/op" >>"$T/s1"; echo "BenchmarkS 1 9$v score 10$v ns/op" >>"$T/s2"; done
sed -i '1i Unit score better=higher' "$T/s1" "$T/s2"
t_exit 0 "a unit of which more is better" "$AKREPORT" compare "$T/s1" "$T/s2"
t_out "is better" "$T/out" 'better +S +score'
t_exit 1 "and the other way round" "$AKREPORT" compare "$T/s2" "$T/s1"

# Projections: columns, rows and tables of what names and "key: value" lines say.
{
    echo 'cpu: X'
    echo 'pkg: p'
    for v in 1 2 3 4 5 6 7 8; do
        for size in 9 10 1k; do
            echo "BenchmarkEnc/impl=old/size=$size-8 1 10$v ns/op"
            echo "BenchmarkEnc/impl=new/size=$size-8 1 13$v ns/op"
            echo "BenchmarkEnc/impl=lab/size=$size-8 1 5$v ns/op"
        done
        echo "BenchmarkOnly/impl=new-8 1 5$v ns/op"
    done
} >"$T/impl"
t_exit 1 "columns of one run" "$AKREPORT" compare -col '/impl@(old new)' "$T/impl"
t_out "one is judged by the other" "$T/out" '^3 worse, 1 not comparable  \(old -> new\)'
t_out "rows are named by what is left" "$T/out" 'worse +Enc/size=9 +ns/op +104\.5ns +±3% +134\.5ns +±3% +\+28\.7%'
t_out "what only one has is said" "$T/out" 'only in the second run'
t_out "the mean is of pairs" "$T/out" 'geomean +ns/op .*over 3 pairs'
t_exit 0 "the order makes the base" "$AKREPORT" compare -col '/impl@(new old)' -filter .name:Enc "$T/impl"
t_exit 1 "three columns side by side" "$AKREPORT" compare -col /impl -filter .name:Enc -row /size@num "$T/impl"
t_out "against the first" "$T/out" '^lab: 0 worse, 3 better against old'
grep -oE '^(9|10|1k) ' "$T/out" | xargs >"$T/order"
t_out "in the order asked for" "$T/order" '^9 10 1k$'
t_exit 1 "pooled names are warned about" "$AKREPORT" compare -col '/impl@(old new)' -row .name -filter .name:Enc "$T/impl"
t_out "with two of them" "$T/out" '^warning: in 2 cells of old, new results that differ in \.fullname are pooled .*size=9-8.* and .*size=10-8'
t_out "24 values a side" "$T/out" 'worse +Enc +ns/op .* 24$'
t_exit 1 "tables" "$AKREPORT" compare -table /size@num -col '/impl@(old new)' -filter .name:Enc "$T/impl"
grep '^== ' "$T/out" | xargs >"$T/order"
t_out "each under its heading, in order" "$T/order" '^== /size: 9 == /size: 10 == /size: 1k$'
t_exit 1 "tables as Markdown" "$AKREPORT" compare --format md -table /size -col '/impl@(old new)' "$T/impl"
t_out "a heading each" "$T/out" '^### /size: 1k$'
t_out "where nothing is compared" "$T/out" '^### without /size$'
t_out "it is said" "$T/out" '^only "new" has results here'
t_exit 1 "tables as JUnit" "$AKREPORT" compare --format junit -table /size -col '/impl@(old new)' "$T/impl"
t_out "a suite each" "$T/out" '<testsuite name="/size: 10: old -&gt; new" tests="1" failures="1"'
t_exit 1 "tables as JSON" "$AKREPORT" compare --format json -table /size -col '/impl@(old new)' --junit "$T/junit" "$T/impl"
t_out "with their keys" "$T/out" '"/size": "1k"'
t_out "and where there is no pair" "$T/out" '"only": "new"'
t_out "and a file beside" "$T/junit" '/size: 10: old -&gt; new'
t_exit 1 "a picture of two columns" "$AKREPORT" compare -col '/impl@(old new)' --png "$T/pics" "$T/impl"
t_ok "is there" test -s "$T/pics/compare.png"
t_exit 2 "none of three" "$AKREPORT" compare -col /impl --png "$T/pics" "$T/impl"
t_exit 2 "a key that all share" "$AKREPORT" compare -col pkg "$T/impl"
t_out "is no column" "$T/err" 'all results stand in one column, "p": give -col a key'
t_exit 2 "a table for each column" "$AKREPORT" compare -col /impl -table /impl "$T/impl"
t_out "compares nothing" "$T/err" 'tables has one column only'
t_exit 2 "a projection that is none" "$AKREPORT" compare -col '/impl@' "$T/impl"
t_out "with its place" "$T/err" 'col'
t_exit 3 "a filter that nothing passes" "$AKREPORT" compare -col '/impl@(x y)' "$T/impl"
sed 's/cpu: X/cpu: Y/' "$T/impl" >"$T/impl2"
t_exit 0 "machines are not split" "$AKREPORT" compare -row .fullname "$T/impl" "$T/impl2"
t_out "but said" "$T/out" '^environment differs: cpu: X -> Y'
t_exit 0 "unless they do not count" "$AKREPORT" compare -ignore cpu "$T/impl" "$T/impl2"
cp "$T/out" "$T/text"
t_exit 1 "then not a word" grep -q 'environment differs' "$T/text"
t_exit 1 "runs pooled in columns" "$AKREPORT" compare -col '/impl@(old new)' "$T/impl" "$T/impl2"
t_out "differing machines are named" "$T/out" '^warning: in 7 cells of old, new results that differ in cpu are pooled \("X" and "Y"\): -table cpu tells them apart'
t_exit 1 "which it does" "$AKREPORT" compare -col '/impl@(old new)' -table cpu "$T/impl" "$T/impl2"
t_out "the first" "$T/out" '^== cpu: X$'
t_out "the second" "$T/out" '^== cpu: Y$'
t_ok "two runs of the history" "$AKREPORT" import --store "$T/p.db" --label base "$T/impl"
t_ok "to be columns" "$AKREPORT" import --store "$T/p.db" --label head "$T/impl2"
t_exit 1 "of a run of the history" "$AKREPORT" compare --store "$T/p.db" -col '/impl@(old new)' base
t_out "as of its file" "$T/out" '^3 worse, 1 not comparable  \(old -> new\)'
t_exit 0 "and its label" "$AKREPORT" compare --store "$T/p.db" -col .file -row .name,/size,/impl '#1' head
t_out "or id" "$T/out" '\(#1 -> head\)'
if command -v python3 >/dev/null; then
    t_ok "cells are those of benchstat's table" python3 tests/oracle/compare_projection.py "$AKREPORT" "$T" 60
    t_out "of all of them" "$T/out" '^[0-9]{3} cells in [0-9]+ inputs equal'
    t_exit 0 "the default projection" sh -c "'$AKREPORT' compare --format json --all -ignore nothing '$T/impl' '$T/impl2' >'$T/by'; exit \$?"
    t_exit 0 "and none" sh -c "'$AKREPORT' compare --format json --all '$T/impl' '$T/impl2' >'$T/plain'; exit \$?"
    t_ok "are the same rows" python3 -c 'import json, sys
a, b = (json.load(open(p)) for p in sys.argv[1:])
rows = a["tables"][0]["comparisons"][0]["rows"]
sys.exit(not rows or rows != b["rows"])' "$T/by" "$T/plain"
else
    t_skip "the default projection is none" "no python3"
fi

# A folder hides no run, a file does.
mkdir "$T/w" "$T/w/base"
cp "$T/impl2" "$T/w/base/x"
AK=$(cd "$(dirname "$AKREPORT")" && pwd)/$(basename "$AKREPORT")
t_exit 0 "a folder named like a run" sh -c "cd '$T/w' && '$AK' compare --store ../p.db base head"
t_out "is not read" "$T/out" '\(base \(run 1\) -> head \(run 2\)\)'
t_out "and that is said" "$T/err" '"base" is taken as the run of the history; the folder is \./base'
t_exit 0 "as a path it is" sh -c "cd '$T/w' && '$AK' compare --store ../p.db ./base head"
t_out "the folder" "$T/out" '\(\./base -> head'
t_exit 0 "without the run it is too" sh -c "cd '$T/w' && '$AK' compare --store ../n.db base base"
cp "$T/err" "$T/said"
t_ok "without a word" test ! -s "$T/said"
t_ok "csv takes the run as well" sh -c "cd '$T/w' && '$AK' compare --store ../p.db --format csv -ignore cpu base head"
t_out "with its label" "$T/out" '^,base,'
rm -r "$T/w/base"
cp "$T/impl2" "$T/w/base"
t_exit 0 "a file wins" sh -c "cd '$T/w' && '$AK' compare --store ../p.db base head"
t_out "over the run" "$T/out" '\(base -> head'
t_out "which is said" "$T/err" '"base" is taken as the file; the history has a run of that name'

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
