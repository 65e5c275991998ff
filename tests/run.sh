#!/bin/sh
# Runs tests and counts TAP lines; the last line is "N passed, N failed, N skipped".
#   run.sh unit OUT BIN...         unit test programs
#   run.sh all MAKE B              everything: builds each variant it needs
#   run.sh fuzz MAKE B SECONDS     every fuzz target for SECONDS
#   run.sh script B FILE...        single scripts
set -u
mode=$1
shift
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root" || exit 2
tmp=$(mktemp -d "${TMPDIR:-/tmp}/aktest.XXXXXX") || exit 2
trap 'rm -rf "$tmp"' EXIT INT TERM
log=$tmp/log
: >"$log"

note() { echo "== $*"; }
# Runs one program or script, keeps its TAP lines, and adds a failure if it died without one.
run_tap() {
    name=$1
    shift
    start=$(date +%s)
    "$@" >"$tmp/one" 2>"$tmp/one.err" </dev/null
    rc=$?
    # cmocka says "not ok 3 # SKIP name" of a test that skips itself.
    grep -E '^(ok|not ok) ' "$tmp/one" | sed -E 's/^not ok ([0-9]+) # SKIP (.*)/ok \1 - \2 # SKIP in this build/' >"$tmp/tap"
    bad=$(grep -c '^not ok' "$tmp/tap")
    if [ "$rc" -ne 0 ] && [ "$bad" -eq 0 ]; then
        echo "not ok - $name exited $rc" >>"$tmp/tap"
        bad=1
    fi
    [ -s "$tmp/tap" ] || echo "not ok - $name printed no result" >>"$tmp/tap"
    cat "$tmp/tap" >>"$log"
    printf '%-58s %4d ok, %d not, %ds\n' "$name" "$(grep -c '^ok' "$tmp/tap")" \
        "$(grep -c '^not ok' "$tmp/tap")" $(($(date +%s) - start))
    if [ "$bad" -ne 0 ] || grep -q '^not ok' "$tmp/tap"; then
        cat "$tmp/one" "$tmp/one.err" | grep -v '^ok ' | head -n 60
    fi
}
run_units() { # OUT is in $1
    out=$1
    shift
    for bin in "$@"; do
        CMOCKA_MESSAGE_OUTPUT=TAP run_tap "${bin#"$out"/tests/}" "$bin"
    done
}
run_script() {
    mkdir -p "$tmp/T"
    T=$tmp/T AKREPORT=$B/akreport AKBENCH=$B/akbench DATA=tests/data TZ=UTC LC_ALL=C.UTF-8 \
        run_tap "$1" sh "$1"
    rm -rf "$tmp/T"
}
summary() {
    passed=$(grep '^ok ' "$log" | grep -vc '# SKIP')
    skipped=$(grep -c '^ok .*# SKIP' "$log")
    failed=$(grep -c '^not ok' "$log")
    grep '^ok .*# SKIP' "$log" | sed 's/^ok [0-9]* *- */skipped: /'
    grep '^not ok' "$log" | sed 's/^not ok [0-9]* *- */FAILED: /'
    echo "$passed passed, $failed failed, $skipped skipped"
    [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}
build() { # description, make arguments...
    what=$1
    shift
    if "$MAKE" --no-print-directory -j"$(nproc)" "$@" >"$tmp/build" 2>&1; then
        echo "ok - $what" >>"$log"
    else
        echo "not ok - $what" >>"$log"
        tail -n 30 "$tmp/build"
        return 1
    fi
}
run_fuzz() { # seconds per target
    build "fuzz targets build" VARIANT=fuzz CC=clang-14 fuzz-bins || return
    for bin in "$B"/fuzz/tests/fuzz/fuzz_*; do
        case $bin in *.d) continue ;; esac
        name=${bin##*/fuzz_}
        mkdir -p "$tmp/corpus" "$tmp/found"
        seeds=tests/fuzz/corpus/$name
        [ -d "$seeds" ] || seeds=
        if timeout $(($1 + 120)) "$bin" -max_total_time="$1" -rss_limit_mb=2048 -timeout=20 -max_len=65536 \
            -artifact_prefix="$tmp/found/" "$tmp/corpus" $seeds >"$tmp/one" 2>&1; then
            echo "ok - fuzz $name" >>"$log"
            printf '%-58s %s\n' "fuzz $name" "$(tail -n 1 "$tmp/one" | cut -c1-80)"
        else
            echo "not ok - fuzz $name" >>"$log"
            grep -E 'ERROR|SUMMARY|runtime error|#[0-9]+ 0x' "$tmp/one" | head -n 20
            mkdir -p "$B/found" && cp "$tmp"/found/* "$B/found/" 2>/dev/null
            echo "input kept in $B/found"
        fi
        rm -rf "$tmp/corpus" "$tmp/found"
    done
}

case $mode in
unit)
    run_units "$@"
    ;;
script)
    B=$1
    shift
    for s in "$@"; do run_script "$s"; done
    ;;
fuzz)
    MAKE=$1 B=$2
    run_fuzz "$3"
    ;;
all)
    MAKE=$1 B=$2
    note "build"
    build "release builds without a warning (gcc)" all unit-bins || { summary; exit 1; }
    build "release builds without a warning (clang)" CC=clang-14 all
    build "asan, ubsan: unit tests build" VARIANT=asan all unit-bins
    build "ubsan builds" VARIANT=ubsan unit-bins
    note "unit tests"
    run_units "$B/release" $("$MAKE" -s VARIANT=release print-units B="$B")
    note "unit tests with the address sanitizer"
    run_units "$B/asan" $("$MAKE" -s VARIANT=asan print-units B="$B")
    note "unit tests with the undefined behaviour sanitizer"
    run_units "$B/ubsan" $("$MAKE" -s VARIANT=ubsan print-units B="$B")
    note "scripts"
    for s in tests/structure/*.sh tests/cli/*.sh tests/golden/*.sh tests/fault/*.sh tests/oracle/*.sh tests/browser/*.sh; do
        if [ -f "$s" ]; then run_script "$s"; fi
    done
    note "fuzz, ${AK_FUZZ_SECONDS:-8} s each"
    run_fuzz "${AK_FUZZ_SECONDS:-8}"
    ;;
*)
    echo "run.sh: unknown mode $mode" >&2
    exit 2
    ;;
esac
summary
