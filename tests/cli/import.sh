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

printf 'BenchmarkA-2 1 2 ns/op\nBenchmarkB-2 1 NaN ns/op\n' >"$T/nan.txt"
t_exit 2 "a value that is no number is refused" "$AKREPORT" import --label x "$T/nan.txt"
t_out "with file and line" "$T/err" '^akreport import: .*/nan.txt:2: BenchmarkB-2: a value in ns/op is not a number$'
printf 'PASS\n' >"$T/none.txt"
t_exit 3 "text without results" "$AKREPORT" import --label x "$T/none.txt"
: >"$T/empty"
t_exit 3 "an empty file" "$AKREPORT" import --label x "$T/empty"
t_exit 2 "a file that is not there" "$AKREPORT" import --label x "$T/nowhere"
t_out "named in one line" "$T/err" '^akreport import: .*/nowhere'
t_exit 2 "a folder" "$AKREPORT" import --label x "$T"
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
