#!/bin/sh
# akbench's rows beside those of other actor runtimes, in one run: every round runs each of them once, in
# turn; the table has the medians of the rounds.
#   sh bench/peers/run.sh [-short] [-rounds N] [-akbench PATH]      -short: one round, a tenth of the work
# Peers are small programs of ours in this folder: Go and Rust ones are built with the versions pinned in
# go/go.mod and rust/Cargo.toml (fetched by go and cargo), CAF and Erlang are those of the system. One that
# cannot be built or run is left out, and the last lines say why. Everything goes to build/peers/.
set -u
cd "$(dirname "$0")/../.." || exit 2
akbench=build/akbench rounds=5 divisor=1
while [ $# -gt 0 ]; do
    case $1 in
    -short) rounds=1 divisor=10 ;;
    -rounds) rounds=${2:-} && shift ;;
    -akbench) akbench=${2:-} && shift ;;
    *) echo "peers: unknown argument '$1'; -short, -rounds N or -akbench PATH" >&2 && exit 2 ;;
    esac
    shift
done
case $rounds in '' | *[!0-9]* | 0) echo "peers: -rounds wants a number" >&2 && exit 2 ;; esac
[ -x "$akbench" ] || { echo "peers: $akbench is not there; run make" >&2 && exit 2; }
case $akbench in /*) ;; *) akbench=$PWD/$akbench ;; esac

out=$PWD/build/peers
mkdir -p "$out" && rm -rf "$out/results" "$out/missing" && mkdir "$out/results" || exit 2
: >"$out/missing"
peers=akbench

# has PEER COMMAND PACKAGE: whether COMMAND is there; else says what would bring it
has() {
    command -v "$2" >/dev/null 2>&1 || { echo "$1: $2 is not installed ($3)" >>"$out/missing" && false; }
}
# built PEER BINARY COMMAND...: builds, adds the peer, or keeps the last line of why not
built() {
    peer=$1 binary=$2
    shift 2
    if "$@" >"$out/$peer.log" 2>&1 && [ -x "$binary" ]; then
        peers="$peers $peer"
    else
        echo "$peer: not built: $(grep . "$out/$peer.log" | tail -n 1 | cut -c 1-160)" >>"$out/missing"
    fi
}
in_folder() { (cd "$1" && shift && "$@"); }

if has actix cargo "Rust's" && has ractor cargo "Rust's"; then
    mkdir -p "$out/rust" && cp -r bench/peers/rust/. "$out/rust/"
    for p in actix ractor; do
        built $p "$out/rust/target/release/$p" in_folder "$out/rust" cargo build --release --bin $p
        ln -sf "rust/target/release/$p" "$out/$p"
    done
fi
if echo '#include <caf/all.hpp>' | c++ -std=c++17 -E -x c++ - >/dev/null 2>&1; then
    built caf "$out/caf" c++ -std=c++17 -O2 -o "$out/caf" bench/peers/caf.cpp -lcaf_core -pthread
else
    echo "caf: its headers are not installed (libcaf-dev)" >>"$out/missing"
fi
if has erlang escript erlang-base; then
    cp bench/peers/erlang.escript "$out/erlang" && chmod +x "$out/erlang" && peers="$peers erlang"
fi
if has "protoactor, hollywood, goakt3, goakt4" go "Go's"; then
    mkdir -p "$out/go/goakt3" "$out/go/goakt4" && cp -r bench/peers/go/. "$out/go/"
    cp bench/peers/go/goakt/main.go "$out/go/goakt3/"
    sed 's|goakt/v3|goakt/v4|' bench/peers/go/goakt/main.go >"$out/go/goakt4/main.go"
    for p in protoactor hollywood goakt3 goakt4; do
        built $p "$out/$p" in_folder "$out/go" go build -mod=mod -o "$out/$p" ./$p
    done
fi

# ours N REGEX: akbench, each benchmark with N turns
ours() { "$akbench" -benchmem -benchtime "$1x" -bench "^Benchmark($2)\$" | grep '^Benchmark'; }
run_akbench() {
    ours 10000 Spawn
    ours 1 'ShutdownLatency_1000+Actors'
    ours $((1000000 / divisor)) 'Tell1to1|Tell4to1|FanOut1000'
    ours $((200000 / divisor)) PingPong
    ours 1 ActorMemoryFootprint
}
run_peer() { "$out/$1" "$divisor" && "$out/$1" "$divisor" footprint; }

round=0
while [ "$round" -lt "$rounds" ]; do
    round=$((round + 1))
    for p in $peers; do
        echo "peers: round $round of $rounds: $p" >&2
        if [ "$p" = akbench ]; then run_akbench; else run_peer "$p"; fi >>"$out/results/$p" 2>>"$out/$p.log" ||
            echo "$p: round $round ended with an error: $(tail -n 1 "$out/$p.log" | cut -c 1-160)" >>"$out/missing"
    done
done
# shellcheck disable=SC2086
(cd "$out/results" && awk -f ../../../bench/peers/table.awk $peers)
echo
echo "$rounds rounds, $(nproc) cores; messages: CPU ns of the process for one (wall ns in brackets); $((1000000 / divisor)) messages, $((200000 / divisor)) round trips."
sed 's/^/missing: /' "$out/missing"
