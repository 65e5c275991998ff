# The profilers linked alone into other programs: totals against the clocks, whole stacks without
# frame pointers, exact heap, and a C++ program that does everything at once that profilers die of.
. tests/lib.sh

build=${AKREPORT%/*}/release
[ -f "$build/libruntime.a" ] || build=${AKREPORT%/*}

t_ok "a C program links the profilers alone" \
    sh tests/programs/link_profilers.sh "$build" tests/programs/prof_load.c "$T/load"

# says NAME FILE: the value of a "NAME value" line
says() { awk -v name="$1" '$1 == name { print $2 }' "$2"; }
# near WHAT PERCENT GOT WANTED SLACK: equal to PERCENT, or to SLACK in absolute terms
near() {
    if awk -v p="$2" -v got="$3" -v want="$4" -v slack="$5" \
        'BEGIN { d = got - want; if (d < 0) d = -d; exit !(want > 0 && (d <= want * p / 100 || d <= slack)) }'; then
        t__say ok "$1"
    else
        t__fail "$1"
        echo "# got $3, wanted $4 +- $2 %"
    fi
}
# at_least WHAT PERCENT PART WHOLE
at_least() {
    if awk -v p="$2" -v part="$3" -v whole="$4" \
        'BEGIN { exit !(whole > 0 && part >= whole * p / 100) }'; then
        t__say ok "$1"
    else
        t__fail "$1"
        echo "# $3 of $4"
    fi
}

# --- CPU: the sum of samples against the process's clock, one period is the resolution
for hz in 100 1000; do
    period=$((1000000000 / hz))
    t_ok "shape at $hz Hz runs" "$T/load" shape $hz 600 "$T/shape$hz.prof"
    near "shape at $hz Hz: total CPU within 1 %" 1 \
        $(($(says samples "$T/out") * period)) "$(says cpu_ns "$T/out")" "$period"
    at_least "shape at $hz Hz: 98 % of the stacks reach the root" 98 \
        "$(says complete "$T/out")" "$(says signals "$T/out")"
done
t_ok "a load inside of libc runs" "$T/load" libc 1000 600 "$T/libc.prof"
at_least "libc's leaves, without frame pointers: 98 % reach the root" 98 \
    "$(says complete "$T/out")" "$(says signals "$T/out")"
near "libc load: total CPU within 1 %" 1 $(($(says samples "$T/out") * 1000000)) \
    "$(says cpu_ns "$T/out")" 1000000

t_ok "48 threads of 20 ms run" "$T/load" threads 48 100 20 "$T/threads.prof"
true_ns=$(awk '$1 ~ /^true_/ { s += $2 } END { print s }' "$T/out")
near "48 threads of 20 ms: total CPU within 3 %, nothing lost at their ends" 3 \
    $(($(says samples "$T/out") * 10000000)) "$(says cpu_ns "$T/out")" 10000000
at_least "and at least what the threads themselves measured" 98 \
    $(($(says samples "$T/out") * 10000000)) "$true_ns"
t_ok "a stack of 300 frames runs" "$T/load" deep 300 1000 50 "$T/deep.prof"
near "a stack deeper than the limit is counted as cut" 0 "$(says truncated "$T/out")" \
    "$(says signals "$T/out")" 0

# --- heap
t_ok "heap at rate 1 runs" "$T/load" heap 1 20000 "$T/heap1.prof"
for what in alloc_bytes alloc_objects inuse_bytes inuse_objects; do
    near "heap at rate 1: $what is exact" 0 "$(says $what "$T/out")" "$(says exact_$what "$T/out")" 0
done
t_ok "heap at 4 KiB runs" "$T/load" heap 4096 200000 "$T/heap4k.prof"
near "heap at 4 KiB: bytes within 5 standard deviations of the truth" 5 \
    "$(says alloc_bytes "$T/out")" "$(says exact_alloc_bytes "$T/out")" 0
near "heap at 4 KiB: bytes in use too" 7 "$(says inuse_bytes "$T/out")" \
    "$(says exact_inuse_bytes "$T/out")" 0

# --- everything at once
if command -v g++ >/dev/null 2>&1; then
    t_ok "a C++ program links them" env CC=g++ \
        sh tests/programs/link_profilers.sh "$build" tests/programs/prof_cxx.cc "$T/cxx"
    t_ok "exceptions, dlopen, fork, exec and own signals under both profilers" \
        timeout 60 "$T/cxx" "$T/cxx_cpu.prof" "$T/cxx_mem.prof"
    at_least "it did not stand still" 100 "$(awk '$1 == "thrown" { s += $2 } END { print s }' "$T/out")" 1
    at_least "its children lived" 100 "$(says forked "$T/out")" 1
    near "the program's own SIGPROF handler was called" 0 "$(says own "$T/out")" 20 0
    at_least "its stacks reach the root" 90 "$(says complete "$T/out")" "$(says signals "$T/out")"
    for f in cxx_cpu cxx_mem; do
        t_ok "$f.prof is gzip" gzip -t "$T/$f.prof"
    done
else
    t_skip "a C++ program under both profilers" "g++ is not installed"
fi
# --- installed: what a program elsewhere needs is the archive, the headers and akprof.pc
root=$T/root
t_ok "make install-runtime" make -s install-runtime B="${AKREPORT%/*}" DESTDIR="$root" PREFIX=/opt/ak
export PKG_CONFIG_PATH="$root/opt/ak/lib/pkgconfig" PKG_CONFIG_SYSROOT_DIR="$root"
for compiler in gcc clang-14 g++; do
    source=prof_load.c
    [ $compiler != g++ ] || source=prof_cxx.cc
    if ! command -v $compiler >/dev/null 2>&1; then
        t_skip "$compiler and pkg-config link the profilers" "$compiler is not installed"
        continue
    fi
    cp "tests/programs/$source" "$T/"
    t_ok "$compiler and pkg-config link the profilers" sh -c "cd '$T' &&
        $compiler -O2 -g -D_GNU_SOURCE -o installed-$compiler $source \$(pkg-config --cflags --libs akprof)"
    t_exit 1 "nothing of the actors comes with them" sh -c "nm '$T/installed-$compiler' | grep -q ' ak_actor_'"
done
t_ok "the installed C program runs" "$T/installed-gcc" heap 1 5000 "$T/installed.prof"
near "and is exact" 0 "$(says alloc_bytes "$T/out")" "$(says exact_alloc_bytes "$T/out")" 0
if [ -x "$T/installed-g++" ]; then
    t_ok "the installed C++ program runs" timeout 60 "$T/installed-g++" "$T/i_cpu.prof" "$T/i_mem.prof"
fi

for f in shape100 libc threads heap1 installed; do
    t_ok "akreport reads $f.prof" "$AKREPORT" pprof -top "$T/$f.prof"
done
t_done
