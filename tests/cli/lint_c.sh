#!/bin/sh
# akreport lint c: what handlers can reach, from gcc's call graphs; on a seeded program with known
# mistakes, on our own runtime and benchmarks, and on hostile files.
. tests/lib.sh

lint() { "$AKREPORT" lint c "$@"; }

# --- recorded graphs of a seeded program (tests/data/static/c, see README.md there)
seeded=$DATA/static/c
t_ok "findings are no failure" lint "$seeded"
cp "$T/out" "$T/text"
t_out "a wait two calls below a handler" "$T/text" \
    '^act\.c:[0-9]+: warning: receive handler slow_receive can block: reaches usleep in 2 calls \[C001\]'
t_out "a lock" "$T/text" 'receive handler slow_receive takes a lock: reaches pthread_mutex_lock in 2 calls \[C002\]'
t_out "PostStop that allocates, through another file" "$T/text" \
    '^act\.c:[0-9]+: warning: post_stop handler actor_stop allocates: reaches malloc in 2 calls \[C004\]'
sed -n '/actor_stop allocates: reaches malloc/,/^[^ ]/p' "$T/text" >"$T/path"
t_out "the path begins where memory is taken" "$T/path" '^    malloc is called by address_string \(address\.c:[0-9]+\)'
t_out "and ends at the handler" "$T/path" '^      called by actor_stop \(act\.c:[0-9]+\)'
t_out "a continuation" "$T/text" 'then handler answered allocates: calls realloc'
t_out "the clean handler has no finding, only a stack" "$T/text" '^  stack of clean_receive \(receive\): [0-9]+ bytes'
if grep -E '^[^ ].*clean_receive|^[^ ].*only_main' "$T/text" >"$T/wrong"; then
    t_same "what is not reached is not reported" /dev/null "$T/wrong"
else
    t_same "what is not reached is not reported" /dev/null /dev/null
fi
t_out "recursion is said" "$T/text" 'stack of deep_receive .* recursion through walk counted once'
t_out "calls through pointers are said" "$T/text" 'stack of deep_receive .* 1 call through pointers not followed'
t_out "frames without a fixed size are said" "$T/text" 'stack of deep_receive .* 1 frame without a fixed size'
t_out "all is counted" "$T/text" '^  5 handlers, [0-9]+ functions and [0-9]+ calls in 2 call graphs'
t_exit 1 "--strict fails" lint --strict "$seeded"
t_ok "a stack limit" lint --stack 1000 "$seeded"
t_out "names the handler" "$T/out" 'receive handler deep_receive: its stack is [0-9]+ bytes deep, limit 1000 \[C005\]'
t_ok "handlers by pattern" lint --handler 'post_stop=^only_main$' "$seeded"
t_out "are walked" "$T/out" 'post_stop handler only_main allocates: calls strdup \[C004\]'
t_ok "a sink of one's own" lint --sink blocking=address_string "$seeded"
t_out "is found" "$T/out" 'post_stop handler actor_stop can block: calls address_string \[C001\]'
printf '[sinks]\nblocking = nothing address_string\n' >"$T/sinks.ini"
lint "--sink=blocking=address_string" "$seeded" >"$T/want"
lint --criteria "$T/sinks.ini" "$seeded" >"$T/got"
t_same "so in the criteria file" "$T/want" "$T/got"
printf '[sinks]\nred = x\n' >"$T/sinks.ini"
t_exit 2 "no kind of sinks in a file" lint --criteria "$T/sinks.ini" "$seeded"
t_out "is named with its line" "$T/err" 'sinks\.ini:2: no kind of sinks .*red'
t_exit 2 "a sink of no kind" lint --sink red=x "$seeded"
t_out "is refused" "$T/err" 'not KIND=NAME'
t_exit 2 "a pattern that is none" lint --handler '(' "$seeded"
t_ok "sarif" lint --format sarif --source-root "$seeded" "$seeded"
t_out "has the path as a flow" "$T/out" '"codeFlows"'
t_out "and a fingerprint" "$T/out" '"primaryLocationLineHash": "[0-9a-f]+:1"'
"$AKREPORT" lint c --format json "$seeded" >"$T/a.json" && "$AKREPORT" lint c --format json "$seeded" >"$T/b.json"
t_same "the same bytes each time" "$T/a.json" "$T/b.json"

t_ok "a folder twice" lint "$seeded" "$seeded"
t_out "says that functions are defined again" "$T/out" '; [0-9]+ functions are defined again'

# --- suppressions cut the path and nothing else
cat >"$T/known.ini" <<'I'
[suppress address]
rule = C004
function = ^address_string$
reason = addresses are built from memory of their own as long as there is no pool
until = 2199-12-31

[suppress old]
rule = C001
function = ^slow_receive$
reason = to be mended last year
until = 2001-12-31

[suppress nothing]
rule = C002
function = ^no_such_function$
reason = was deleted
until = 2199-12-31
I
t_ok "entries of a criteria file" lint --criteria "$T/known.ini" "$seeded"
cp "$T/out" "$T/text"
if grep -q '\[C004\]' "$T/text"; then
    t_same "an entry takes a finding" /dev/null "$T/text"
else
    t_same "an entry takes a finding" /dev/null /dev/null
fi
t_out "the same memory is found for another rule" "$T/text" 'receive handler slow_receive allocates: reaches malloc .*\[C003\]'
t_out "an entry says what it took" "$T/text" '^  suppress address: takes C004 at 1 place until 2199-12-31 \(addresses are built'
t_out "a past day suppresses nothing" "$T/text" 'slow_receive can block: reaches usleep'
t_out "and is said" "$T/text" '^  suppress old: expired after 2001-12-31, no longer suppresses C001'
t_out "an entry that matched nothing is said" "$T/text" '^  suppress nothing: matched nothing'
for missing in rule reason until function; do
    sed "1,/until/{/^$missing/d}" "$T/known.ini" >"$T/bad.ini"
    t_exit 2 "an entry without $missing" lint --criteria "$T/bad.ini" "$seeded"
    t_out "is refused with its line" "$T/err" 'bad\.ini:1: section "suppress address" needs'
done
sed 's/2199-12-31/31.12.2199/' "$T/known.ini" >"$T/bad.ini"
t_exit 2 "a day in another form" lint --criteria "$T/bad.ini" "$seeded"
t_out "is refused" "$T/err" 'bad\.ini:5: no day as in'

# --- hostile files
mkdir "$T/bad" "$T/none"
hostile() { # description, pattern: the file is on standard input
    cat >"$T/bad/x.ci"
    t_exit 2 "$1" lint "$T/bad"
    t_out "$1: said" "$T/err" "$2"
}
t_exit 2 "a folder without graphs" lint "$T/none"
t_out "says how to make them" "$T/err" 'holds no call graph; compile with gcc -O0'
head -n 5 "$seeded/act.ci" | hostile "cut in the middle" 'x\.ci:[0-9]+: malformed call graph: it ends in the middle'
sed 's/label: "usleep.*/label: "us/' "$seeded/act.ci" | hostile "an open quote" 'x\.ci:[0-9]+: malformed call graph: an attribute'
sed 's/ bytes (static)/ octets/' "$seeded/act.ci" | hostile "no size" 'x\.ci:[0-9]+: malformed call graph: the size of a frame'
echo "noise" | hostile "noise" 'x\.ci: neither a call graph'
grep -v ak_handler "$seeded/act.ci" | hostile "no marks" 'no handler is marked: compile with -O0'

# --- our own handlers
if gcc --version 2>/dev/null | grep -q 'Free Software'; then
    mkdir -p "$T/own"
    for f in runtime/*.c bench/*.c base/*.c; do
        o=$T/own/$(echo "$f" | tr / _).o
        gcc -std=c17 -D_GNU_SOURCE -O0 -w -fcallgraph-info=su,da -isystem "${AKREPORT%/*}/release/gen" \
            -I"${f%%/*}" -I"${f%%/*}/include" -Ibase/include -Iprofile/include -Istats/include \
            -Istore/include -Iruntime/include -Iruntime -c "$f" -o "$o" 2>>"$T/cc.err" || echo "$f" >>"$T/failed"
        rm -f "$o"
    done
    if [ -s "$T/failed" ]; then cat "$T/failed" "$T/cc.err" >&2; fi
    t_exit 0 "handlers of the runtime and of the benchmarks are clean, or say why" \
        lint --strict --criteria bench/handlers.ini "$T/own"
    t_out "they are many" "$T/out" '^  (1[5-9]|[2-9][0-9]) handlers'
    # Each function in a table of an actor class is marked, else the walk would not begin there.
    # (loopback.c has a transport's receive, which is no actor's.)
    ls runtime/*.c bench/*.c | grep -v loopback | xargs grep -hoE '\.(receive|pre_start|post_stop) = [a-z_]+' | sed 's/.* = //' | sort -u >"$T/named"
    grep -hoE '^AK_ACTOR_[A-Z_]+\([a-z_]+\)' runtime/*.c bench/*.c | sed 's/.*(\(.*\))/\1/' | sort -u >"$T/marked"
    comm -23 "$T/named" "$T/marked" >"$T/unmarked"
    t_same "every handler of a class is marked" /dev/null "$T/unmarked"
    # A heap profile of the benchmark that asks, joined with the graphs: the first request starts the
    # thread of timers, so a handler's call of pthread_create has memory behind it.
    "$AKBENCH" -bench 'Request$' -benchtime 2000x -memprofile "$T/mem.prof" -memprofilerate 1 >"$T/bench.txt" 2>&1
    t_ok "heat" lint --profile "$T/mem.prof" "$T/own"
    head -n 1 "$T/out" >"$T/first"
    t_out "ranks what was paid for first" "$T/first" \
        '^bench/suite_message\.c:[0-9]+: (note|warning): .* % of alloc_space: (receive|then) handler asker_[a-z]+ allocates'
    t_out "and says how much" "$T/out" 'B of alloc_space pass through the handler and such a call'
    cat >"$T/bad.c" <<'C'
#include "runtime/actor.h"
#include <time.h>
static int sleepy_receive(struct ak_ctx *ctx, struct ak_msg *msg)
{
    const struct timespec ts = {1, 0};
    (void)msg;
    ak_ctx_stop(ctx);
    return nanosleep(&ts, 0);
}
AK_ACTOR_HANDLER(sleepy_receive);
C
    gcc -O0 -w -fcallgraph-info=su,da -Ibase/include -Iruntime/include -c "$T/bad.c" -o "$T/own/bad.o"
    t_exit 1 "a seeded bad handler among them is found" lint --strict --criteria bench/handlers.ini "$T/own"
    t_out "by name" "$T/out" 'bad\.c:8: warning: receive handler sleepy_receive can block: calls nanosleep \[C001\]'
    t_ok "--build makes the graphs" lint --build \
        "gcc -O0 -w -fcallgraph-info=su,da -Ibase/include -Iruntime/include -c $T/bad.c -o \$AKREPORT_OUT/bad.o"
    t_out "and reads them" "$T/out" 'sleepy_receive can block: calls nanosleep'
    gcc -O2 -w -fcallgraph-info=su,da -Ibase/include -Iruntime/include -c "$T/bad.c" -o "$T/none/bad.o"
    t_exit 2 "an optimised build has no marks" lint "$T/none"
    t_out "and says so" "$T/err" 'no handler is marked: compile with -O0'
else
    t_skip "our own handlers" "no gcc"
fi
t_exit 2 "a build that fails" lint --build 'exit 3'
t_out "says its code" "$T/err" 'the build exited 3'
t_exit 2 "a build that writes nothing" lint --build true
mkdir "$T/between"
TMPDIR=$T/between "$AKREPORT" lint c --build "echo started >'$T/started'; sleep 20" >"$T/killed" 2>&1 &
pid=$!
n=0
while [ ! -e "$T/started" ] && [ $n -lt 100 ]; do
    sleep 0.1
    n=$((n + 1))
done
kill -TERM "$pid"
wait "$pid"
t_out "a build that a signal ends is said to be" "$T/killed" 'ended by signal 15'
t_ok "and leaves no folder behind" test -z "$(ls "$T/between")"
t_done
