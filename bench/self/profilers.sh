#!/bin/sh
# What the profilers cost and how exact they are, a Markdown table: each row with its goal and, in the same
# run, what Go's, jemalloc's and gperftools' profilers do where these are installed. CPU time, never wall
# time; runs of the variants alternate; medians, and minima in brackets where noise is larger than the goal.
#   bench/self/profilers.sh [-build DIR] [-runs N] [cpu] [stacks] [heap] [files]     default: all four parts
set -eu
cd "$(dirname "$0")/../.."
build=build runs=9 parts=
while [ $# -gt 0 ]; do
    case $1 in
    -build) build=$2 && shift ;;
    -runs) runs=$2 && shift ;;
    cpu | stacks | heap | files) parts="$parts $1" ;;
    *) echo "profilers.sh: unknown argument '$1'" >&2 && exit 2 ;;
    esac
    shift
done
parts=${parts:-cpu stacks heap files}
libs=$build/release
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT INT TERM
sh tests/programs/link_profilers.sh "$libs" tests/programs/prof_load.c "$T/load"

says() { awk -v name="$1" '$1 == name { print $2 }' "$2"; }
median() { sort -n "$1" | awk '{ v[NR] = $1 } END { print (NR % 2) ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }
smallest() { sort -n "$1" | head -n 1; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.3f", a / b }'; }
ratios() { echo "$(ratio "$(median "$1")" "$(median "$2")") ($(ratio "$(smallest "$1")" "$(smallest "$2")"))"; }
row() { printf '| %s | %s | %s | %s |\n' "$1" "$2" "$3" "${4:--}"; }
# repeat N COMMAND...
repeat() {
    n=$1
    shift
    while [ "$n" -gt 0 ]; do
        "$@"
        n=$((n - 1))
    done
}
# raw_sum FILE COLUMN: the sum of one value of a profile's samples
raw_sum() {
    "$build/akreport" pprof -raw "$1" 2>/dev/null | awk -v c="$2" '
        /^Samples:/ { on = 1; getline; next } /^Locations/ { on = 0 }
        on && /^ *-?[0-9]/ { sub(/:.*/, ""); s += $c } END { printf "%.0f", s }'
}
sample_count() {
    "$build/akreport" pprof -raw "$1" 2>/dev/null | awk '/^Samples:/ { on = 1; getline; next } /^Locations/ { on = 0 }
        on && /^ *-?[0-9]+ .*:/ { n++ } END { print n + 0 }'
}
library() { ls /usr/lib/*-linux-gnu/"$1" /usr/lib/"$1" 2>/dev/null | head -n 1; }
have_go=no
if command -v go >/dev/null 2>&1 && go build -o "$T/go_load" bench/self/prof_load.go 2>/dev/null; then
    have_go=yes
fi
jemalloc=$(library libjemalloc.so.2) gperftools=$(library libprofiler.so.0)

# --- CPU -------------------------------------------------------------------------------------------
cpu_work() { # one run of each variant of a fixed amount of work
    for hz in 0 100 1000; do
        "$T/load" work $hz 120 "$T/w.$hz.prof" >"$T/w.$hz"
        says cpu_ns "$T/w.$hz" >>"$T/cpu.$hz"
        if [ -n "$gperftools" ] && [ $hz != 0 ]; then
            LD_PRELOAD=$gperftools CPUPROFILE="$T/gp.$hz" CPUPROFILE_FREQUENCY=$hz "$T/load" work 0 120 - |
                awk '$1 == "cpu_ns" { print $2 }' >>"$T/gpcpu.$hz"
        fi
    done
}
cpu_overhead() {
    repeat "$runs" cpu_work 2>/dev/null
    for hz in 100 1000; do
        peer=
        [ ! -s "$T/gpcpu.$hz" ] || peer="gperftools $(ratios "$T/gpcpu.$hz" "$T/cpu.0")"
        goal='<= 1.01' && [ $hz = 100 ] || goal='<= 1.005'
        row "CPU time with the profiler at $hz Hz / without" "$(ratios "$T/cpu.$hz" "$T/cpu.0")" "$goal" "$peer"
    done
    row "handler, us a signal" \
        "$(awk '$1 == "handler_ns" { h = $2 } $1 == "signals" { s = $2 } END { printf "%.1f", h / s / 1000 }' "$T/w.1000")" '<= 5'
}
error_of() { # HZ FILE: samples against the clock
    awk -v hz="$1" '$1 == "samples" { n = $2 } $1 == "cpu_ns" { c = $2 } END { printf "%+.2f %%", 100 * (n * 1e9 / hz / c - 1) }' "$2"
}
cpu_totals() {
    for hz in 100 1000; do
        "$T/load" shape $hz 10000 "$T/s.prof" >"$T/out"
        peer=
        if [ $have_go = yes ]; then
            "$T/go_load" cpu $hz 10000 "$T/g.prof" >"$T/go.out" 2>/dev/null
            peer="Go $(awk -v got="$(raw_sum "$T/g.prof" 2)" '$1 == "cpu_ns" { printf "%+.2f %%", 100 * (got / $2 - 1) }' "$T/go.out")"
        fi
        row "error of total CPU at $hz Hz, 10 s" "$(error_of $hz "$T/out")" '<= 1 %' "$peer"
    done
    "$T/load" threads 48 100 20 "$T/t.prof" >"$T/out"
    row "error of total CPU, 48 threads of 20 ms, 100 Hz" "$(error_of 100 "$T/out")" '<= 2 %'
    "$T/load" threads 64 1000 20 "$T/t.prof" >"$T/out"
    row "samples lost, 64 threads at 1000 Hz (and said by the profile)" \
        "$(says lost "$T/out") ($("$build/akreport" pprof -comments "$T/t.prof" | sed -n 's/.*lost: //p'))" '0'
}
# flat_or_cum FILE FUNCTION: its cumulated ns
cum_ns() { "$build/akreport" pprof -top -cum -unit=ns -nodecount=10000 -nodefraction=0 "$1" 2>/dev/null |
    awk -v f="$2" '$NF == f { sub(/ns$/, "", $4); print $4; exit }'; }
cpu_shares() {
    "$T/load" bursty 1000 6000 "$T/b.prof" >"$T/out"
    for f in a b c d; do
        echo "$(cum_ns "$T/b.prof" bursty_$f) $(says true_$f "$T/out") $(says cpu_ns "$T/out") $(says signals "$T/out")"
    done | awk '$2 / $3 >= 0.05 { e = $1 / $2 - 1; p = $2 / $3; s = sqrt((1 - p) / p / $4); t = t sprintf(" %+.1f", 100 * e)
        if ((e < 0 ? -e : e) > 0.05 && (e < 0 ? -e : e) > 3 * s) bad++ } END { printf "%s %%, %d beyond", substr(t, 2), bad }' >"$T/bias"
    row "bias of threads with >= 5 % of the CPU, one busy, three bursty" "$(cat "$T/bias")" '<= 5 % or 3 sigma'
    "$T/load" shape 1000 6000 "$T/s.prof" >"$T/out"
    for f in a b c d; do
        echo "$(cum_ns "$T/s.prof" shape_$f) $(says true_$f "$T/out") $(says cpu_ns "$T/out") $(says signals "$T/out")"
    done | awk '{ p = $2 / $3; s = sqrt(p * (1 - p) / $4); z = ($1 / $3 - p) / s; t = t sprintf(" %.1f", 100 * $1 / $3)
        if (z > w || -z > w) w = z < 0 ? -z : z } END { printf "%s %%, worst %.1f sigma", substr(t, 2), w }' >"$T/share"
    row "shares of functions with 50, 30, 15, 5 %" "$(cat "$T/share")" '<= 3 sigma'
}

# --- stacks ----------------------------------------------------------------------------------------
stack_rows() {
    worst=101 which=
    for cc in gcc clang-14; do
        command -v $cc >/dev/null 2>&1 || continue
        for flags in -O0 -O1 -O2 -O3 '-O2 -flto'; do
            extra= && case "$cc $flags" in clang*flto) extra=-fuse-ld=lld ;; esac
            # shellcheck disable=SC2086
            CC=$cc sh tests/programs/link_profilers.sh "$libs" tests/programs/prof_load.c "$T/l" $flags $extra 2>/dev/null || continue
            "$T/l" libc 1000 1000 "$T/l.prof" >"$T/out"
            share=$(awk '$1 == "complete" { c = $2 } $1 == "signals" { s = $2 } END { printf "%.1f", 100 * c / s }' "$T/out")
            which="$which, $cc $flags $share"
            worst=$(echo "$worst $share" | awk '{ print $1 < $2 ? $1 : $2 }')
        done
    done
    row "stacks that reach the root in libc, no frame pointers: worst of${which#,}" "$worst %" '>= 98 %'
    whole= # all of our archives, for size
    for m in runtime profile base pb store stats reporter collector templates; do whole="$whole $libs/lib$m.a"; done
    # shellcheck disable=SC2086
    gcc -O2 -g -D_GNU_SOURCE -o "$T/micro" tests/programs/prof_micro.c -Iruntime -Iruntime/include -Ibase/include \
        -Wl,--whole-archive $whole -Wl,--no-whole-archive -Wl,--as-needed \
        -lprotobuf-c -lz -lnettle -lbacktrace -liberty -lsqlite3 -lpcre2-8 -lexpat -linih -lm -ldl -pthread
    "$T/micro" unwind 20 >"$T/out"
    row "unwinding, ns a frame: warm / cold / the last walk again" \
        "$(says warm_ns "$T/out") / $(says cold_ns "$T/out") / $(says again_ns "$T/out")" '<= 10 / 45 / -'
    row "tables of rules: ms, MB, rows" "$(says table_ms "$T/out"), $(says table_mb "$T/out"), $(says table_rows "$T/out")" '<= 20, 1, -'
}

# --- heap ------------------------------------------------------------------------------------------
instructions() { # PROGRAM RATE: of one malloc and free
    for n in 100000 300000; do
        valgrind --tool=callgrind --callgrind-out-file=/dev/null "$1" $n "$2" 2>&1 | awk '/Collected/ { print $4 }'
    done | awk '{ v[NR] = $1 } END { printf "%.1f", (v[2] - v[1]) / 200000 }'
}
heap_instructions() {
    command -v valgrind >/dev/null 2>&1 || return 0
    sh tests/programs/link_profilers.sh "$libs" tests/programs/prof_mal.c "$T/counted" -DCOUNTED
    gcc -O2 -o "$T/plain" tests/programs/prof_mal.c
    plain=$(instructions "$T/plain" 0) counted=$(instructions "$T/counted" 0) rare=$(instructions "$T/counted" 524288)
    row "instructions of a malloc and free beyond the C library's $plain: counted" \
        "+$(awk "BEGIN { printf \"%.1f\", $counted - $plain }")" '+10'
    row "the same, sampled at 512 KiB" "+$(awk "BEGIN { printf \"%.1f\", $rare - $plain }")" '+18'
}
heap_mal() { # one run of each variant
    for v in 0 524288 4096 1; do
        for threads in 1 2; do
            "$T/load" mal $v 600000 $threads | awk '$1 == "ns_per_op" { print $2 }' >>"$T/mal.$v.$threads"
        done
    done
    if [ -n "$jemalloc" ]; then
        for conf in off:prof:false 524288:prof:true,lg_prof_sample:19 4096:prof:true,lg_prof_sample:12; do
            LD_PRELOAD=$jemalloc MALLOC_CONF=${conf#*:} "$T/plain" 600000 |
                awk '$1 == "ns_per_op" { print $2 }' >>"$T/je.${conf%%:*}"
        done
    fi
}
heap_cost() {
    gcc -O2 -o "$T/plain" tests/programs/prof_mal.c
    repeat "$runs" heap_mal
    for v in 524288 4096 1; do
        case $v in
        524288) what="at 512 KiB" goal="<= 1.05" ;;
        4096) what="at 4 KiB" goal="<= 1.15" ;;
        *) what="each one (exact)" goal="<= 1.5" ;;
        esac
        peer=
        [ ! -s "$T/je.$v" ] || peer="jemalloc $(ratios "$T/je.$v" "$T/je.off")"
        row "malloc and free, sampled $what / not" "$(ratios "$T/mal.$v.1" "$T/mal.0.1")" "$goal" "$peer"
        row "the same on 2 threads" "$(ratios "$T/mal.$v.2" "$T/mal.0.2")" "-"
    done
}
totals() { # FILE of "got want" lines -> mean and rms in %
    awk '{ e = 100 * ($1 / $2 - 1); m += e; s += e * e } END { printf "%+.2f / %.2f %%", m / NR, sqrt(s / NR) }' "$1"
}
heap_seed() { # RATE
    "$T/load" heap "$1" 1000000 "$T/h.prof" >"$T/out"
    echo "$(says alloc_bytes "$T/out") $(says exact_alloc_bytes "$T/out")" >>"$T/bytes"
    echo "$(says alloc_objects "$T/out") $(says exact_alloc_objects "$T/out")" >>"$T/objects"
    says samples "$T/out" >>"$T/n"
    if [ $have_go = yes ]; then
        "$T/go_load" heap "$1" 1000000 "$T/g.prof" >"$T/go.out"
        echo "$(raw_sum "$T/g.prof" 2) $(says exact_alloc_bytes "$T/go.out")" >>"$T/gobytes"
        echo "$(raw_sum "$T/g.prof" 1) $(says exact_alloc_objects "$T/go.out")" >>"$T/goobjects"
    fi
}
heap_accuracy() {
    for rate in 524288 4096; do
        : >"$T/bytes" && : >"$T/objects" && : >"$T/gobytes" && : >"$T/goobjects" && : >"$T/n"
        repeat 20 heap_seed $rate
        n=$(median "$T/n")
        for what in bytes objects; do
            peer= goal=-
            [ ! -s "$T/go$what" ] || peer="Go $(totals "$T/go$what")"
            [ $what = objects ] || goal=$(awk -v n="$n" 'BEGIN { r = 120 / sqrt(n); printf "+-%.2f / %.2f %%", 2 * r / 1.2 / sqrt(20), r }')
            row "alloc_$what at $rate, 20 seeds: mean error / rms" "$(totals "$T/$what")" "$goal" "$peer"
        done
    done
    "$T/load" heap 1 200000 "$T/h.prof" >"$T/out"
    row "bytes off at rate 1: allocated, in use" "$(($(says alloc_bytes "$T/out") - $(says exact_alloc_bytes "$T/out"))), $(($(says inuse_bytes "$T/out") - $(says exact_inuse_bytes "$T/out")))" '0, 0'
    "$T/load" counters 32 20000 >"$T/out"
    row "exact counters off after 32 threads ended: bytes, mallocs, frees" \
        "$(says bytes_off "$T/out"), $(says mallocs_off "$T/out"), $(says frees_off "$T/out")" '0, 0, 0' 'Go 0'
}

# --- files -----------------------------------------------------------------------------------------
file_rows() {
    [ -x "$T/micro" ] || return 0
    /usr/bin/time -f '%e' true 2>/dev/null || return 0
    "$T/micro" symbols 5000 "$T/symbols" >"$T/out"
    peer=
    if command -v llvm-symbolizer-14 >/dev/null 2>&1; then
        cut -f 3 "$T/symbols" >"$T/addresses"
        /usr/bin/time -f '%U %S %M' -o "$T/time" llvm-symbolizer-14 --obj="$T/micro" --no-demangle <"$T/addresses" >"$T/llvm"
        peer="llvm-symbolizer $(awk '{ printf "%.2f s, %.0f MB", $1 + $2, $3 / 1000 }' "$T/time")"
    fi
    size=$(wc -c <"$T/micro" | awk '{ printf "%.0f", $1 / 1e6 }')
    row "names of 5,000 addresses of a program of $size MB, inlined functions too" \
        "$(awk '$1 == "symbol_s" { s = $2 } $1 == "symbol_mb" { m = $2 } END { printf "%.2f s, %.0f MB", s, m }' "$T/out")" '<= 0.25 s, 80 MB (30 MB program)' "$peer"
    if [ -s "$T/llvm" ]; then
        awk -v RS= -F '\n' '{ t = $1; for (i = 3; i <= NF; i += 2) t = t " " $i; l = $2; sub(/:[0-9]+$/, "", l); sub(/.*\//, "", l); print t "\t" l }' "$T/llvm" >"$T/chains"
        awk -F '\t' '{ l = $2; sub(/.*\//, "", l); print $1 "\t" l }' "$T/symbols" | paste - "$T/chains" |
            sed -E 's/\.(isra|part|constprop|cold)(\.[0-9]+)?//g' | # parts of a function are that function
            awk -F '\t' '{ n++; chain += $1 == $3 } $4 !~ /:0$/ { lines++; line += $2 == $4 }
                END { printf "%.1f %% of %d, %.1f %% of %d", 100 * chain / n, n, 100 * line / lines, lines }' >"$T/agree"
        row "agreement with it: chains of functions, innermost lines" "$(cat "$T/agree")" '>= 99 %'
    fi
    "$build/akbench" -bench 'Tell|Ask|Shutdown|Rebalancing|Query' -benchtime 200ms -cpuprofile "$T/c.prof" -cpuprofilerate 1000 \
        -memprofile "$T/m.prof" >/dev/null 2>&1
    for f in c m; do
        echo "$(wc -c <"$T/$f.prof") $(sample_count "$T/$f.prof")"
    done | awk '{ printf "%s%.0f (%d)", (NR > 1 ? ", " : ""), $1 / $2, $2 }' >"$T/sizes"
    row "bytes of a file for each sample (samples): CPU, heap" "$(cat "$T/sizes")" "<= 42, 11 (GoAkt's: 47 with 1,078, 12 with 2,661)"
}

row row ours goal 'peers, same run'
echo '|---|---|---|---|'
for part in $parts; do
    case $part in
    cpu) cpu_overhead && cpu_totals && cpu_shares ;;
    stacks) stack_rows ;;
    heap) heap_instructions && heap_cost && heap_accuracy ;;
    files) [ -x "$T/micro" ] || stack_rows >/dev/null; file_rows ;;
    esac
done
