#!/bin/sh
# Size and speed of the history file, in CPU time, beside the goals:
#   bytes     ten builds of one binary, with summaries     <= 0.35 of the .pb.gz files
#   cold      one build, nothing shared so far             <= 1.3
#   ingest    CPU beside gunzip + decode of the same       <= 3 x
#   load      one profile, identical                       <= 0.15 ms
#   function  flat and cum over 1,000 runs                 <= 10 ms
#   values    of benchmarks                                <= 20 B each
# The builds are made from the files by moving every function, changing some lines and values.
#   bench/self/store.sh [BUILD] [FOLDER]   BUILD: default build; FOLDER of *.pb.gz: default
#                                          tests/data/profiles
set -eu
cd "$(dirname "$0")/../.."
build=${1:-build}
folder=${2:-tests/data/profiles}
make --no-print-directory B="$build" lib-base lib-profile lib-store >/dev/null
libs=$build/release
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
${CC:-gcc} -O2 -std=c17 -D_GNU_SOURCE -Ibase/include -Iprofile/include -Istore/include \
    tests/perf/store_bench.c -o "$T/bench" "$libs/libstore.a" "$libs/libprofile.a" "$libs/libbase.a" \
    -lsqlite3 -lz -lnettle -lpcre2-8 -lbacktrace -liberty -lm

set -- "$folder"/goakt-*.pb.gz
[ -f "$1" ] || set -- "$folder"/*.pb.gz
echo "== ten builds of one binary"
"$T/bench" "$T/ten.db" 10 "$@"
echo
echo "== cold: one build, every file of the folder"
"$T/bench" "$T/cold.db" 1 "$folder"/*.pb.gz
echo
echo "== one function over 1,000 runs; benchmark values"
"$T/bench" "$T/runs.db" runs "$@"
