#!/bin/sh
# What the profilers cost and how exact they are, beside Go's, jemalloc's and gperftools' where these
# are installed. CPU time, never wall time; runs of the variants alternate; medians.
#   bench/self/profilers.sh [BUILD] [RUNS]     BUILD: default build; RUNS: default 9
set -eu
cd "$(dirname "$0")/../.."
build=${1:-build}
runs=${2:-9}
libs=$build/release
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT INT TERM
sh tests/programs/link_profilers.sh "$libs" tests/programs/prof_load.c "$T/load"

says() { awk -v name="$1" '$1 == name { print $2 }' "$2"; }
median() { sort -n "$1" | awk '{ v[NR] = $1 } END { print (NR % 2) ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }
smallest() { sort -n "$1" | head -n 1; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.3f", a / b }'; }
row() { printf '%-52s %-24s %s\n' "$1" "$2" "$3"; }
# sum of one value of a profile's samples, by go tool pprof
raw_sum() {
    go tool pprof -raw "$1" 2>/dev/null | awk -v c="$2" '
        /^Samples:/ { on = 1; getline; next } /^Locations/ { on = 0 }
        on && /^ *-?[0-9]/ { sub(/:.*/, ""); s += $c } END { printf "%d", s }'
}
have_go=no
if command -v go >/dev/null 2>&1 && go build -o "$T/go_load" bench/self/prof_load.go 2>/dev/null; then
    have_go=yes
fi
library() { ls /usr/lib/*-linux-gnu/"$1" /usr/lib/"$1" 2>/dev/null | head -n 1; }

row "row" "ours" "goal, and peers"

# --- CPU: cost of a fixed amount of work
for hz in 0 100 1000; do : >"$T/cpu.$hz"; done
i=0
while [ $i -lt "$runs" ]; do
    for hz in 0 100 1000; do
        "$T/load" work $hz 120 "$T/w.prof" >"$T/out"
        says cpu_ns "$T/out" >>"$T/cpu.$hz"
    done
    i=$((i + 1))
done
handler=$(awk '$1 == "handler_ns" { h = $2 } $1 == "signals" { s = $2 } END { printf "%.1f us a signal", h / s / 1000 }' "$T/out")
for hz in 100 1000; do
    row "CPU time with the profiler at $hz Hz / without" \
        "$(ratio "$(median "$T/cpu.$hz")" "$(median "$T/cpu.0")") (minima $(ratio "$(smallest "$T/cpu.$hz")" "$(smallest "$T/cpu.0")"))" \
        "<= 1.01; $handler"
done

# --- CPU: totals
for hz in 100 1000; do
    "$T/load" shape $hz 2000 "$T/s.prof" >"$T/out"
    ours=$(awk -v hz=$hz '$1 == "samples" { n = $2 } $1 == "cpu_ns" { c = $2 } END { printf "%+.2f %%", 100 * (n * 1e9 / hz / c - 1) }' "$T/out")
    peer=
    if [ $have_go = yes ]; then
        "$T/go_load" cpu $hz 2000 "$T/g.prof" >"$T/go.out" 2>/dev/null
        peer="Go $(awk -v got="$(raw_sum "$T/g.prof" 2)" '$1 == "cpu_ns" { printf "%+.2f %%", 100 * (got / $2 - 1) }' "$T/go.out")"
    fi
    row "error of total CPU at $hz Hz, 2 s" "$ours" "<= 1 %; ${peer:-Go not installed}"
done
"$T/load" threads 48 100 20 "$T/t.prof" >"$T/out"
row "error of total CPU, 48 threads of 20 ms, 100 Hz" \
    "$(awk '$1 == "samples" { n = $2 } $1 == "cpu_ns" { c = $2 } END { printf "%+.2f %%", 100 * (n * 1e7 / c - 1) }' "$T/out")" "<= 2 %"
"$T/load" libc 1000 2000 "$T/l.prof" >"$T/out"
row "stacks that reach the root, libc leaves, no frame ptrs" \
    "$(awk '$1 == "complete" { c = $2 } $1 == "signals" { s = $2 } END { printf "%.1f %% of %d", 100 * c / s, s }' "$T/out")" ">= 98 %"
"$T/load" threads 64 1000 20 "$T/t.prof" >"$T/out"
row "samples lost, 64 threads at 1000 Hz" "$(says lost "$T/out")" "0"

# --- heap: cost of a malloc and free
jemalloc=$(library libjemalloc.so.2)
for v in 0 524288 4096 1; do : >"$T/mal.$v"; done
: >"$T/je.off"; : >"$T/je.19"; : >"$T/je.12"
i=0
while [ $i -lt "$runs" ]; do
    for v in 0 524288 4096 1; do
        says ns_per_op - >>"$T/mal.$v" <<EOT
$("$T/load" mal $v 1000000 1)
EOT
    done
    if [ -n "$jemalloc" ]; then
        for conf in off:prof:false 19:prof:true,lg_prof_sample:19 12:prof:true,lg_prof_sample:12; do
            LD_PRELOAD=$jemalloc MALLOC_CONF=${conf#*:} "$T/load" mal 0 1000000 1 |
                awk '$1 == "ns_per_op" { print $2 }' >>"$T/je.${conf%%:*}"
        done
    fi
    i=$((i + 1))
done
for v in 524288 4096 1; do
    case $v in
    524288) what="512 KiB" goal="<= 1.05" je=19 ;;
    4096) what="4 KiB" goal="<= 1.15" je=12 ;;
    *) what="each allocation (exact)" goal="-" je= ;;
    esac
    peer=
    if [ -n "$jemalloc" ] && [ -n "$je" ]; then
        peer="; jemalloc $(ratio "$(median "$T/je.$je")" "$(median "$T/je.off")")"
    fi
    row "malloc + free, sampled at $what / not sampled" \
        "$(ratio "$(median "$T/mal.$v")" "$(median "$T/mal.0")") (minima $(ratio "$(smallest "$T/mal.$v")" "$(smallest "$T/mal.0")"))" \
        "$goal$peer"
done

# --- heap: totals over runs
totals() { # FILE of "got want" lines -> mean and rms in %
    awk '{ e = 100 * ($1 / $2 - 1); m += e; s += e * e } END { printf "%+.2f / %.2f %%", m / NR, sqrt(s / NR) }' "$1"
}
for rate in 524288 4096; do
    : >"$T/bytes"; : >"$T/objects"; : >"$T/gobytes"; : >"$T/goobjects"
    i=0
    while [ $i -lt "$runs" ]; do
        "$T/load" heap $rate 1000000 "$T/h.prof" >"$T/out"
        echo "$(says alloc_bytes "$T/out") $(says exact_alloc_bytes "$T/out")" >>"$T/bytes"
        echo "$(says alloc_objects "$T/out") $(says exact_alloc_objects "$T/out")" >>"$T/objects"
        if [ $have_go = yes ]; then
            "$T/go_load" heap $rate 1000000 "$T/g.prof" >"$T/go.out"
            echo "$(raw_sum "$T/g.prof" 2) $(says exact_alloc_bytes "$T/go.out")" >>"$T/gobytes"
            echo "$(raw_sum "$T/g.prof" 1) $(says exact_alloc_objects "$T/go.out")" >>"$T/goobjects"
        fi
        i=$((i + 1))
    done
    for what in bytes objects; do
        peer="Go not installed"
        [ $have_go = no ] || peer="Go $(totals "$T/go$what")"
        row "alloc_$what at $rate: mean error / rms of $runs runs" "$(totals "$T/$what")" "$peer"
    done
done
