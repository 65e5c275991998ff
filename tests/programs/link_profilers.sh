#!/bin/sh
# Builds a program that uses the profilers alone: no actors, no store, no reporter.
#   link_profilers.sh BUILD SOURCE OUT [compiler flags]   BUILD: the folder of the release libraries
# CC is the compiler; a C++ one makes SOURCE a C++ program. Without frame pointers on purpose.
set -eu
build=$1 source=$2 out=$3
shift 3
${CC:-gcc} -O2 -g -fomit-frame-pointer -D_GNU_SOURCE "$@" -o "$out" "$source" \
    -Iruntime/include -Ibase/include \
    -Wl,--start-group "$build/libruntime.a" "$build/libprofile.a" "$build/libbase.a" \
    "$build/libpb.a" -Wl,--end-group \
    -lprotobuf-c -lz -lnettle -lbacktrace -liberty -lm -ldl -pthread
