# akreport import: files into the history, and what it refuses.
. tests/lib.sh
db=$T/s.db
export AKREPORT_STORE="$db"

t_ok "goakt-v3 is imported" "$AKREPORT" import --label goakt-v3 "$DATA"/goakt/goakt-v3/*
t_out "and all results are read" "$T/out" '^goakt-v3: 80 results of 8 benchmarks \(72 rejoined\), 2 profiles, run 1$'
t_ok "goakt-v4 too" "$AKREPORT" import --label goakt-v4 "$DATA"/goakt/goakt-v4/*
t_out "with all its results" "$T/out" '^goakt-v4: 80 results of 8 benchmarks \(72 rejoined\), 2 profiles, run 2$'
t_ok "again" "$AKREPORT" import --label goakt-v3 "$DATA"/goakt/goakt-v3/*
t_out "gives nothing new" "$T/out" '^goakt-v3: nothing new, run 1 is the same$'
t_ok "gzip and standard input" sh -c "gzip -c '$DATA/goakt/goakt-v3/shutdown.txt' | '$AKREPORT' import --label zip -"
t_out "are read" "$T/out" '^zip: 80 results'
t_ok "another history is merged" "$AKREPORT" import --store "$T/t.db" "$db"
t_out "with its runs" "$T/out" '^s.db: 3 runs, 3 new, 4 new profiles$'
t_ok "a second merge" "$AKREPORT" import --store "$T/t.db" "$db"
t_out "adds nothing" "$T/out" '^s.db: 3 runs, 0 new, 0 new profiles$'
t_exit 3 "a label that the history has not" "$AKREPORT" import --store "$T/t.db" --label none "$db"

for f in go_test google hyperfine pytest; do
    t_ok "$f.json is read" "$AKREPORT" import --label "$f" "$DATA/bench/$f.json"
done

t_ok "repetitions, counters, threads, a failure" "$AKREPORT" import --label gr "$DATA/bench/google_repetitions.json"
t_out "twelve results, no aggregates" "$T/out" '^gr: 12 results of 4 benchmarks'
"$AKREPORT" show gr >"$T/show"
t_out "the failure is the run's" "$T/show" '^state +failed$'
t_out "three values of a counter" "$T/show" '^BM_Sum/64 +rate +3 '
t_ok "commands that failed" "$AKREPORT" import --label hf "$DATA/bench/hyperfine_failed.json"
"$AKREPORT" show hf >"$T/show"
t_out "are a run that failed" "$T/show" '^state +failed$'
t_ok "two packages, text without newlines" "$AKREPORT" import --label g2 "$DATA/bench/go_two_packages.json"
t_out "all their results" "$T/out" '^g2: 18 results of 6 benchmarks'
t_ok "pytest outside of a checkout" "$AKREPORT" import --label pt "$DATA/bench/pytest_no_git.json"
"$AKREPORT" show pt >"$T/show"
t_exit 1 "has no commit" grep -E '^(commit|branch)' "$T/show"
t_ok "a folder of Criterion's" "$AKREPORT" import --label cr "$DATA/bench/criterion"
t_out "is one run of its newest samples" "$T/out" '^cr: [0-9]+ results of [0-9]+ benchmark'
if command -v iconv >/dev/null; then
    iconv -f UTF-8 -t UTF-16 "$DATA/bench/hyperfine.json" >"$T/wide.json"
    t_ok "JSON in UTF-16" "$AKREPORT" import --label wide "$T/wide.json"
else
    t_skip "JSON in UTF-16" "no iconv"
fi
{ printf '\357\273\277'; cat "$DATA/bench/hyperfine.json"; } >"$T/mark.json"
t_ok "JSON after a byte order mark" "$AKREPORT" import --label mark "$T/mark.json"
printf 'name,unit,value,better\nA,score,5,higher\nA,score,6,higher\nA,score,abc,higher\n' >"$T/a.csv"
t_ok "CSV with a direction" "$AKREPORT" import --label csv "$T/a.csv"
t_out "the bad row is named" "$T/err" 'a\.csv:4: a row without name, unit and number'
t_exit 3 "two values a side decide nothing" "$AKREPORT" compare --format json csv csv
t_out "higher is better" "$T/out" '"better": ?"higher"'
printf 'name,unit,value\nA,score,abc\n' >"$T/b.csv"
t_exit 3 "nothing but a bad row" "$AKREPORT" import --label bad "$T/b.csv"
t_out "says which" "$T/err" 'b\.csv:2: a row without'

printf 'BenchmarkA-2 1 2 ns/op\nBenchmarkB-2 1 NaN ns/op\n' >"$T/nan.txt"
t_exit 2 "a value that is no number is refused" "$AKREPORT" import --label x "$T/nan.txt"
t_out "with file and line" "$T/err" '^akreport import: .*/nan.txt:2: BenchmarkB-2: a value in ns/op is not a number$'
printf 'PASS\n' >"$T/none.txt"
t_exit 3 "text without results" "$AKREPORT" import --label x "$T/none.txt"
: >"$T/empty"
t_exit 3 "an empty file" "$AKREPORT" import --label x "$T/empty"
t_exit 2 "a file that is not there" "$AKREPORT" import --label x "$T/nowhere"
t_out "named in one line" "$T/err" '^akreport import: .*/nowhere'
mkdir "$T/none"
t_exit 3 "an empty folder" "$AKREPORT" import --label x "$T/none"
head -c 3000 "$DATA/goakt/goakt-v3/shutdown_cpu.prof" >"$T/cut.prof"
t_exit 2 "a profile that was cut off" "$AKREPORT" import --label x "$T/cut.prof"
head -c 500 /dev/zero >"$T/zero"
t_exit 2 "a binary file" "$AKREPORT" import --label x "$T/zero"
t_exit 2 "a run without a label" "$AKREPORT" import "$DATA/goakt/goakt-v3/shutdown.txt"
t_exit 2 "no file" "$AKREPORT" import --label x
t_exit 2 "an unknown flag" "$AKREPORT" import --nothing x
printf 'BenchmarkA-2 1 2 ns/op\nBenchmark\033[31mB-2 x\n' >"$T/escape.txt"
t_ok "a name with a terminal escape" "$AKREPORT" import --label esc "$T/escape.txt"
t_exit 1 "is not printed raw" grep -q "$(printf '\033')" "$T/err" "$T/out"
t_done
