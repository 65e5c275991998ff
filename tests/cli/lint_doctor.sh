#!/bin/sh
# akreport lint doctor: every saved case, with the rules that are right for it and no other; a clean
# case; bases, binaries and suppress entries.
. tests/lib.sh

doctor() { "$AKREPORT" lint doctor "$@"; }
says() { # description, wanted rules (each once, sorted), arguments
    what=$1 wanted=$2
    shift 2
    t_ok "$what" doctor "$@"
    grep -oE '\[P[0-9]+\]$' "$T/out" | tr -d '[]' | sort -u | tr '\n' ' ' >"$T/got"
    echo "$wanted " | tr -d '\n' >"$T/wanted"
    [ -n "$wanted" ] || : >"$T/wanted"
    t_same "$what: the rules" "$T/wanted" "$T/got"
}
static=$DATA/static
before=$static/shutdown_before.prof
mem=$static/shutdown_mem.prof

says "a clean case has no finding" "" --limit 1e6 "$static/clean"
t_out "it says so" "$T/out" '^0 findings'
says "nor with its base" "" --base "$static/clean/mem_before.prof" "$static/clean"

says "a stop of 1,000 actors: few CPU samples" "P001 P008" "$static/shutdown_cpu.prof"
t_out "the samples are named" "$T/out" '30 samples; lines need 100'
t_out "a share has its interval and events" "$T/out" '16\.7 % \[5\.6, 34\.7\] lies below a logger.*; 30 sampled events'
says "its heap less the heap before" "P005 P006 P008" --limit 1e6 --base "$before" "$mem"
t_out "the library function is named" "$T/out" '7[0-9]\.[0-9] % \[.*\] in internal/bytealg\.MakeNoZero; [0-9]+ sampled events'
says "the same at a rate of 512 KiB for a limit of 1 MB, results beside it" "P002 P003 P004 P008" --limit 1e6 "$DATA/goakt/goakt-v3"
says "v4: half of the CPU collects garbage" "P002 P003 P004 P008 P009" --limit 1e6 "$DATA/goakt/goakt-v4"
says "three sizes" "P007" "$DATA/goakt/sizes/goakt-v3.txt"
says "a base that is not from before" "P017" --base "$mem" "$before"
says "a mutex profile of one lock" "P012" "$DATA/profiles/go-mutex.pb.gz"
t_out "names who waits" "$T/out" 'of the waiting in main\.main\.func1: 790 waits of 3\.94 ms'
says "a block profile, whose channels do not count" "P012" "$DATA/profiles/go-block.pb.gz"
says "goroutines and threads" "" "$DATA/profiles/go-goroutine.pb.gz" "$DATA/profiles/go-threadcreate.pb.gz"
says "a small heap in the program's own functions" "" "$DATA/profiles/go-heap.pb.gz"

cat >"$T/no_loop.txt" <<'B'
goos: linux
pkg: example.org/x
BenchmarkNone-2   	1000000000	         0.0155 ns/op
BenchmarkFast-2   	1000000000	         1.2 ns/op
BenchmarkFew-2   	       2	         0.5 ns/op
B
says "a benchmark without a loop, from its output" "P011" "$T/no_loop.txt"
t_out "only that one" "$T/out" '^1 finding'

t_exit 2 "a binary without a build id" doctor --binary "$mem" "$mem"
if command -v readelf >/dev/null && readelf -n /bin/sh 2>/dev/null | grep -q 'Build ID'; then
    says "another binary" "P016" --binary /bin/sh "$DATA/profiles/go-goroutine.pb.gz"
fi

cat >"$T/known.ini" <<'I'
[suppress logger]
rule = P008
benchmark = shutdown_cpu
reason = the logger is part of what is measured
until = 2199-12-31
I
says "a suppress entry" "P001" --criteria "$T/known.ini" "$static/shutdown_cpu.prof"
t_out "says so" "$T/out" 'suppress logger: takes P008 at 1 place'
mkdir "$T/src"
printf 'package a\nimport "testing"\nfunc BenchmarkNone(b *testing.B) { work() }\nfunc work() {}\n' >"$T/src/a_test.go"
cat >"$T/bench.ini" <<'I'
[suppress none]
rule = B001
benchmark = ^BenchmarkNone$
reason = measured by its own metric
until = 2199-12-31
I
t_exit 1 "lint bench fails" "$AKREPORT" lint bench --strict "$T/src"
t_ok "lint bench honours an entry" "$AKREPORT" lint bench --strict --criteria "$T/bench.ini" "$T/src"
t_out "and says so" "$T/out" 'suppress none: takes B001 at 1 place'
t_exit 1 "check fails" "$AKREPORT" check "$DATA/goakt/goakt-v3"
cat >"$T/waived.ini" <<'I'
[bytes]
benchmark = GCAllocations.*
unit = bytes/alloc
limit = < 1 MB

[time]
benchmark = ShutdownLatency_1000.*
unit = ms/shutdown
limit = < 100 ms

[suppress bytes]
rule = bytes
benchmark = .
reason = ticket 12
until = 2199-12-31

[suppress time]
rule = time
benchmark = .
reason = ticket 13
until = 2199-12-31
I
t_ok "check honours entries" "$AKREPORT" check --criteria "$T/waived.ini" "$DATA/goakt/goakt-v3"
t_out "and says what they hide" "$T/out" 'suppressed until 2199-12-31 \(ticket 12\)'
sed 's/2199-12-31/2001-12-31/' "$T/waived.ini" >"$T/over.ini"
t_exit 1 "check after their day" "$AKREPORT" check --criteria "$T/over.ini" "$DATA/goakt/goakt-v3"
t_out "says that they expired" "$T/out" 'suppress time: expired after 2001-12-31'

t_ok "sarif has no place to show" doctor --format sarif "$mem"
t_exit 2 "something is needed" doctor
t_exit 2 "a base that is no profile" doctor --base "$T/no_loop.txt" "$mem"
t_done
