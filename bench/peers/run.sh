#!/bin/sh
# Prints akbench's rows beside those of other actor runtimes that are installed here: CAF (C++), Erlang.
# usage: bench/peers/run.sh [path of akbench]
# A peer that is missing is named and skipped; nothing is installed.
set -u
akbench=${1:-build/akbench}
here=$(dirname "$0")
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT

if [ ! -x "$akbench" ]; then
    echo "peers: $akbench is not there; run make" >&2
    exit 2
fi
echo "== akbench"
"$akbench" -bench '^Benchmark(ShutdownLatency_1000+Actors|Spawn|Tell1to1|FanOut1000|PingPong)$' \
    -benchmem -count 3 | grep '^Benchmark'

echo "== Erlang: spawn, ping-pong and stop of 10,000 processes"
if command -v escript >/dev/null 2>&1; then
    escript "$here/peer.escript"
else
    echo "not installed (erlang-base)"
fi

echo "== CAF: spawn, ping-pong and stop of 10,000 actors"
if echo '#include <caf/all.hpp>' | c++ -std=c++17 -E -x c++ - >/dev/null 2>&1; then
    c++ -std=c++17 -O2 -o "$tmp/peer" "$here/peer_caf.cpp" -lcaf_core -pthread && "$tmp/peer"
else
    echo "not installed (libcaf-dev)"
fi
