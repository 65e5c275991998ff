# What our profilers write, read by `go tool pprof`: totals, names, comments, labels, differences.
. tests/lib.sh

if ! command -v go >/dev/null 2>&1 || ! go tool pprof -help >/dev/null 2>&1; then
    t_skip "go tool pprof reads our profiles" "go is not installed"
    t_done
    exit
fi
build=${AKREPORT%/*}/release
[ -f "$build/libruntime.a" ] || build=${AKREPORT%/*}
export PPROF_TMPDIR="$T"
says() { awk -v name="$1" '$1 == name { print $2 }' "$2"; }
same() { # WHAT GOT WANTED
    if [ "$2" = "$3" ]; then t__say ok "$1"; else
        t__fail "$1"
        echo "# got $2, wanted $3"
    fi
}
# raw_sum FILE COLUMN: the sum of one value over all samples of -raw
raw_sum() {
    go tool pprof -raw "$1" 2>/dev/null | awk -v c="$2" '
        /^Samples:/ { on = 1; getline; next } /^Locations/ { on = 0 }
        on && /^ *-?[0-9]/ { sub(/:.*/, ""); s += $c } END { printf "%.0f", s }'
}

sh tests/programs/link_profilers.sh "$build" tests/programs/prof_load.c "$T/load" || exit 1

# --- CPU
"$T/load" bursty 1000 1500 "$T/cpu.prof" >"$T/cpu.txt" || exit 1
same "-raw: the samples of the statistics" "$(raw_sum "$T/cpu.prof" 1)" \
    $(($(says samples "$T/cpu.txt") + $(says lost "$T/cpu.txt")))
t_ok "-top reads it" go tool pprof -top -unit=ns -nodefraction=0 -edgefraction=0 -nodecount=10000 \
    -cum "$T/cpu.prof"
cp "$T/out" "$T/top"
t_out "-top names the program's functions" "$T/top" 'bursty_a'
t_out "the type is cpu" "$T/top" '^Type: cpu'
t_out "the build id is there" "$T/top" '^Build ID: [0-9a-f]{16,}'
signals=$(says signals "$T/cpu.txt")
for thread in a b c d; do # each thread's share against its own clock, 6 sigma
    got=$(awk -v f="bursty_$thread" '$NF == f { sub(/ns$/, "", $4); print $4; exit }' "$T/top")
    if awk -v got="${got:-0}" -v want="$(says true_$thread "$T/cpu.txt")" \
        -v all="$(says cpu_ns "$T/cpu.txt")" -v n="$signals" 'BEGIN {
            p = want / all; s = sqrt(p * (1 - p) / n); d = got / all - p
            if (d < 0) d = -d; exit !(d <= 6 * s) }'; then
        t__say ok "bursty_$thread has its share"
    else
        t__fail "bursty_$thread has its share"
        echo "# got $got of $(says true_$thread "$T/cpu.txt") ns"
    fi
done
t_ok "-comments reads it" go tool pprof -comments "$T/cpu.prof"
t_out "the comments name the engine" "$T/out" 'timer_create'
t_out "the comments name what was lost" "$T/out" 'lost: 0'
t_ok "-list finds the lines" go tool pprof -list 'bursty_a' "$T/cpu.prof"
t_out "-list shows the call" "$T/out" 'BURSTY_FUNCTION|leaf'

# --- heap
"$T/load" heap 1 20000 "$T/mem.prof" >"$T/mem.txt" || exit 1
n=1
for what in alloc_objects alloc_bytes inuse_objects inuse_bytes; do
    same "-raw: $what in Go's order" "$(raw_sum "$T/mem.prof" $n)" "$(says $what "$T/mem.txt")"
    n=$((n + 1))
done
t_ok "-top reads it" go tool pprof -top "$T/mem.prof"
t_out "the default is inuse_space" "$T/out" '^Type: inuse_space'
t_out "the leaf is malloc's caller" "$T/out" 'site_small'
"$T/load" heap 1 30000 "$T/mem2.prof" >"$T/mem2.txt" || exit 1
t_ok "-diff_base reads a pair" go tool pprof -proto -output "$T/diff.prof" \
    -diff_base "$T/mem.prof" "$T/mem2.prof"
same "the difference is the second's surplus" "$(raw_sum "$T/diff.prof" 1)" \
    $(($(says alloc_objects "$T/mem2.txt") - $(says alloc_objects "$T/mem.txt")))

# --- what akbench writes: the same totals in both programs, labels on each
mkdir "$T/bench"
t_ok "akbench writes every profile" env GOAKT_PROFILE_QUERY=1 "$AKBENCH" -outputdir "$T/bench" -bench 'Ask$' -benchtime 20000x -cpuprofile all_cpu.prof \
    -memprofile all_mem.prof -blockprofile all_wait.prof -mutexprofile all_lock.prof
t_ok "and those of a stop" env GOAKT_PROFILE_SHUTDOWN=1 "$AKBENCH" -outputdir "$T/bench" \
    -bench 'GCAllocationsDuringShutdown_1000Actors' -benchtime 500x
columns() { case $1 in *mem*) echo 1 2 3 4 ;; *) echo 1 2 ;; esac; }
ours_sum() {
    "$AKREPORT" pprof -raw "$1" 2>/dev/null | awk -v c="$2" '
        /^Samples:/ { on = 1; getline; next } /^Locations/ { on = 0 }
        on && /^ *-?[0-9]/ { sub(/:.*/, ""); s += $c } END { printf "%.0f", s }'
}
for f in all_cpu all_mem all_wait all_lock query_cpu query_mem query_before_mem shutdown_cpu shutdown_mem \
    shutdown_before_mem; do
    for c in $(columns $f); do
        same "$f.prof: value $c of akreport is go tool pprof's" "$(ours_sum "$T/bench/$f.prof" "$c")" \
            "$(raw_sum "$T/bench/$f.prof" "$c")"
    done
done
for f in all_cpu all_wait query_cpu; do
    t_ok "-tags reads $f.prof" go tool pprof -tags "$T/bench/$f.prof"
    for key in benchmark actor kind message; do
        t_out "$f.prof has $key" "$T/out" "^ *$key: Total"
    done
done
t_ok "-diff_base of the pair around a stop" go tool pprof -top -sample_index=alloc_space \
    -diff_base "$T/bench/shutdown_before_mem.prof" "$T/bench/shutdown_mem.prof"
t_out "is a stop alone: nothing" "$T/out" 'accounting for 0, '
t_done
