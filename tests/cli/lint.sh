#!/bin/sh
# akreport lint: heap decisions of the Go compiler ranked by a heap profile, SARIF of other tools,
# benchmark source, and the profile doctor.
. tests/lib.sh

mkdir "$T/d" "$T/empty"
tar -xzf "$DATA/static/diagnostics.tar.gz" -C "$T/d"
before=$DATA/static/shutdown_before.prof
mem=$DATA/static/shutdown_mem.prof
lint() { "$AKREPORT" lint go --diagnostics "$T/d" --base "$before" "$@" "$mem"; }

t_ok "findings are no failure" lint
cp "$T/out" "$T/text"
head -n 1 "$T/text" >"$T/first"
t_out "the first finding is the loop in UnWatch" "$T/first" \
    '^actor/pid\.go:1251: warning: 7[0-9]\.[0-9] % .*UnWatch calls address.*String in a loop \[L001\]'
t_out "the chain reaches the place where the bytes appear" "$T/text" 'String \(address/address\.go:246\)'
t_out "an escape is named with the compiler's reason" "$T/text" 'make\(\[\]\*PID, 0, .* escapes to heap'
t_out "every line of the module that allocates itself is joined" "$T/text" \
    '^  28 of 28 lines .* 100\.0 % of their bytes'
t_out "no byte stays unexplained" "$T/text" ' 0\.0 % unexplained'
t_out "all diagnostics were read" "$T/text" '^  29120 diagnostics in 289 files, .* go1\.26\.8'

t_ok "a phase without allocations" "$AKREPORT" lint go --diagnostics "$T/d" --base "$mem" "$mem"
t_out "has no finding" "$T/out" '^0 findings'
t_exit 1 "--strict fails on findings" lint --strict
t_exit 0 "--strict passes without" \
    "$AKREPORT" lint go --strict --diagnostics "$T/d" --base "$mem" "$mem"

t_ok "json" lint --format json
t_out "json has the line" "$T/out" '"line": 1251'
t_ok "markdown" lint --format md
t_out "markdown has a row" "$T/out" '^\| 73\.[0-9] % \| `actor/pid\.go:1251` \| L001 '
t_ok "sarif" lint --format sarif
cp "$T/out" "$T/sarif"
t_out "sarif is 2.1.0" "$T/sarif" '"version": "2\.1\.0"'
t_out "sarif has the chain" "$T/sarif" '"codeFlows"'
if command -v python3 >/dev/null; then
    t_ok "sarif is JSON, and its rules and regions fit" python3 - "$T/sarif" <<'P'
import json, sys
run, = json.load(open(sys.argv[1]))["runs"]
rules = run["tool"]["driver"]["rules"]
assert len({r["id"] for r in rules}) == len(rules)
assert 0 < len(run["results"]) <= 200
for r in run["results"]:
    assert rules[r["ruleIndex"]]["id"] == r["ruleId"] and r["message"]["text"]
    place = r["locations"][0]["physicalLocation"]
    assert set(place["region"]) == {"startLine", "startColumn", "endLine", "endColumn"}
    assert not place["artifactLocation"]["uri"].startswith("/")
P
else
    t_skip "sarif is JSON" "no python3"
fi

t_exit 2 "no such folder" "$AKREPORT" lint go --diagnostics "$T/none" "$mem"
t_out "names it" "$T/err" '^akreport lint go: .*/none'
t_exit 2 "a folder without diagnostics" "$AKREPORT" lint go --diagnostics "$T/empty" "$mem"
t_out "says why that happens" "$T/err" 'holds no diagnostics .* cache'
echo '{"version":0,"package":"p","file":"x.go","gc_version":"go1.26.8"}' >"$T/empty/x.json"
echo '{"range":' >>"$T/empty/x.json"
t_exit 2 "malformed diagnostics" "$AKREPORT" lint go --diagnostics "$T/empty" "$mem"
t_out "names file and line" "$T/err" 'x\.json:2: malformed diagnostic'
t_exit 2 "a CPU profile is no heap profile" \
    "$AKREPORT" lint go --diagnostics "$T/d" "$DATA/static/shutdown_cpu.prof"
t_exit 2 "go needs diagnostics" "$AKREPORT" lint go "$mem"
t_exit 2 "a subject is needed" "$AKREPORT" lint
t_exit 2 "an unknown format" lint --format yaml

t_ok "sarif of a tool is ranked" "$AKREPORT" lint sarif --base "$before" "$T/sarif" "$mem"
head -n 1 "$T/out" >"$T/first"
t_out "the hottest line comes first" "$T/first" '^address/address\.go:246: warning: 77\.[0-9] % of alloc_space: '
t_out "all results lie on hot lines" "$T/out" '5 of 5 results lie on lines with heat'
echo '{"version":"2.1.0"}' >"$T/bad.sarif"
t_exit 2 "a log without runs" "$AKREPORT" lint sarif "$T/bad.sarif" "$mem"
t_out "names the file" "$T/err" 'bad\.sarif: the log has no runs'
t_exit 2 "no JSON" "$AKREPORT" lint sarif "$mem" "$mem"

mkdir -p "$T/src/vendor/x"
cat >"$T/src/a_test.go" <<'G'
package a

import ("fmt"; "testing")

// BenchmarkComment(b *testing.B) { }
var text = `func BenchmarkRaw(b *testing.B) {}`

func BenchmarkNone(b *testing.B) { work(nil); require.NoError(b, nil) }
func BenchmarkHelper(b *testing.B) { b.ReportAllocs(); helper(b, 3) }
func BenchmarkBadHelper(b *testing.B) { once(b); b.ReportMetric(1/float64(b.N), "x") }
func BenchmarkClassic(b *testing.B) { for i := 0; i < b.N; i++ { work(nil) } }
func BenchmarkRange(bb *testing.B) { for range bb.N { work(nil) } }
func BenchmarkLoop(b *testing.B) { for b.Loop() { work(nil) } }
func BenchmarkParallel(b *testing.B) { b.RunParallel(func(pb *testing.PB) { for pb.Next() {} }) }
func BenchmarkSub(b *testing.B) { b.Run("x", func(c *testing.B) { for i := 0; i < c.N; i++ {} }) }
func BenchmarkSubNone(b *testing.B) { b.Run("x", func(c *testing.B) { work(nil) }) }
func BenchmarkKept(b *testing.B) { n := b.N
	for i := 0; i < n; i++ {} }
func BenchmarkElsewhere(b *testing.B) { other.Run(b) }
func BenchmarkTimer(b *testing.B) {
	for i := 0; i < b.N; i++ {
		b.StopTimer()
		fmt.Println("x")
		b.StartTimer()
	}
}
func helper(t *testing.B, n int) { deeper(n, t) }
func deeper(n int, b *testing.B) { for i := 0; i < b.N; i++ {} }
func once(b *testing.B) { again(b) }
func again(b *testing.B) { once(b) }
func work(x []int) interface{} { return nil }
func ProfileNobody(path string) error { return pprof.WriteHeapProfile(nil) }
func profileUsed() { pprof.StartCPUProfile(nil) }
func TestIt(t *testing.T) { profileUsed() }
G
cat >"$T/src/b_test.go" <<'G'
package a

func BenchmarkSize(b *testing.B) { work(make([]int, b.N)) }
func BenchmarkSizeHelper(b *testing.B) { work(fill(b.N)) }
func BenchmarkSizeAndLoop(b *testing.B) { x := make([]int, b.N); for i := range b.N { x[i] = 1 } }
func BenchmarkSizeInLoop(b *testing.B) {
	for range b.N {
		work(make([]int, b.N))
	}
}
func BenchmarkLimitGiven(b *testing.B) { spin(b.N) }
func BenchmarkConverted(b *testing.B) { for i := int64(0); i < int64(b.N); { i += 2 } }
func BenchmarkCompared(b *testing.B) { for { if next() >= uint64(b.N) { return } } }
func BenchmarkMetricOnly(b *testing.B) { b.SetBytes(int64(b.N)); require.Equal(b, b.N, 3) }
func BenchmarkGeneric(b *testing.B) { typed[int](b) }
func BenchmarkGenericNone(b *testing.B) { untyped[map[string]int](b, 3) }
func BenchmarkTable(b *testing.B) { for _, c := range cases { b.Run(c.name, c.run) } }
func BenchmarkMaker(b *testing.B) { b.Run("x", maker(typed[int])) }
func BenchmarkNamed(b *testing.B) { b.Run("x", typed[int]); b.Run("y", once) }
func BenchmarkNamedNone(b *testing.B) { b.Run("y", once) }
func BenchmarkCallback(b *testing.B) { given(b, func() { work(nil) }) }
func BenchmarkLocal(b *testing.B) { f := func(b *testing.B) { for range b.N {} }; f(b) }
func BenchmarkLocalNone(b *testing.B) { f := func(b *testing.B) { work(nil) }; f(b) }
func BenchmarkField(b *testing.B) { s := suite{b: b}; s.run() }
func BenchmarkTwo(b *testing.B) { pair(b, b) }
func BenchmarkInterface(b *testing.B) { quiet(b) }
func (s suite) BenchmarkMethod(b *testing.B) {}
func Benchmarkish(b *testing.B) {}
func fill(n int) []int { return make([]int, n) }
func spin(n int) { for i := 0; i < n; i++ {} }
func typed[T any](b *testing.B) { for b.Loop() {} }
func untyped[T any](b *testing.B, n int) {}
func maker(f func(b *testing.B)) func(*testing.B) { return f }
func given(b *testing.B, typed func()) { typed(); for range b.N {} }
func pair(a, c *testing.B) { for a.Loop() {} }
func quiet(tb testing.TB) { tb.Helper(); tb.Fatal("x") }
G
cat >"$T/src/c_test.go" <<'G'
package a

func BenchmarkSetUp(b *testing.B) {
	b.ReportAllocs()
	for i := 0; i < 10; i++ { spawn(i) }
	for i := 0; i < b.N; i++ { work(nil) }
}
func BenchmarkSetUpReset(b *testing.B) {
	for i := 0; i < 10; i++ { spawn(i) }
	b.ResetTimer()
	for i := 0; i < b.N; i++ { work(nil) }
}
func BenchmarkSetUpStopped(b *testing.B) {
	b.StopTimer()
	time.Sleep(time.Second)
	b.StartTimer()
	for range b.N { work(nil) }
}
func BenchmarkSetUpLoop(b *testing.B) { for range 3 { spawn(1) }; for b.Loop() { work(nil) } }
func BenchmarkSetUpCheap(b *testing.B) {
	x := make([]int, 3)
	for i := range x { x[i] = len(x) }
	for range b.N { work(x) }
}
func BenchmarkSetUpSleeps(b *testing.B) {
	time.Sleep(time.Second)
	for range b.N { work(nil) }
}
func BenchmarkSetUpGoroutines(b *testing.B) {
	for range 4 { go func() { for range b.N { work(nil) } }() }
}
func BenchmarkPrints(b *testing.B) {
	for range b.N { work(nil) }
	fmt.Printf("done")
}
func BenchmarkPrintsStopped(b *testing.B) {
	for range b.N { work(nil) }
	b.StopTimer()
	fmt.Printf("done")
}
func BenchmarkPrintsSeldom(b *testing.B) {
	for range b.N {
		if err := work(nil); err != nil {
			fmt.Println(err)
		}
		b.Logf("each")
	}
}
G
echo 'package x
func BenchmarkVendored(b *testing.B) {}' >"$T/src/vendor/x/x_test.go"
t_ok "benchmark source is read" "$AKREPORT" lint bench "$T/src"
sed -n 's|^.*/\(._test.go:[0-9]*\): \([a-z]*\): \([A-Za-z]*\): .*\[\(.*\)\]$|\1 \2 \3 \4|p' \
    "$T/out" >"$T/got"
cat >"$T/want" <<'W'
a_test.go:8 warning BenchmarkNone B001
a_test.go:10 warning BenchmarkBadHelper B001
a_test.go:16 warning BenchmarkSubNone B001
a_test.go:22 note BenchmarkTimer B002
a_test.go:23 warning BenchmarkTimer B003
a_test.go:32 warning ProfileNobody B004
b_test.go:3 warning BenchmarkSize B005
b_test.go:4 warning BenchmarkSizeHelper B005
b_test.go:8 warning BenchmarkSizeInLoop B005
b_test.go:14 warning BenchmarkMetricOnly B001
b_test.go:16 warning BenchmarkGenericNone B001
b_test.go:20 warning BenchmarkNamedNone B001
b_test.go:23 warning BenchmarkLocalNone B001
b_test.go:26 warning BenchmarkInterface B001
c_test.go:5 note BenchmarkSetUp B006
c_test.go:26 note BenchmarkSetUpSleeps B006
c_test.go:34 warning BenchmarkPrints B003
c_test.go:46 warning BenchmarkPrintsSeldom B003
W
t_same "each rule finds its mistakes, and leaves what is right alone" "$T/want" "$T/got"
t_out "vendored and commented benchmarks do not count" "$T/out" '^  42 benchmarks in 3 files'
t_ok "benchmarks of an actor system's shutdown" "$AKREPORT" lint bench "$DATA/lint/shutdown_bench"
t_out "there are 18" "$T/out" '^  18 benchmarks in 4 files'
sed -n -e 's|^.*: warning: Benchmark\([A-Za-z]*\).*\[B001\]$|\1|p' \
    -e 's|^    Benchmark\([A-Za-z]*\).* (.*_test\.go:[0-9]*)$|\1|p' "$T/out" | sort | uniq -c |
    sed 's/^ *//' >"$T/got"
cat >"$T/want" <<'W'
1 ActorMemoryFootprint
5 AllocationsDuringShutdown
1 MemoryFootprintDuringRebalancing
6 ShutdownLatency
W
t_same "the 13 without a loop are named, the 5 that loop are left alone" "$T/want" "$T/got"
t_out "those that leave their work to one helper are one finding there" "$T/out" \
    'shutdown_test\.go:27: warning: shutdownLatency: .* the 6 benchmarks .*\[B001\]$'
cat >"$T/waive.ini" <<'I'
[suppress some]
rule = B001
benchmark = ShutdownLatency_1000(Actors|Grains)
reason = ticket 1
until = 2199-12-31
I
t_ok "a suppressed benchmark" \
    "$AKREPORT" lint bench --criteria "$T/waive.ini" "$DATA/lint/shutdown_bench"
t_out "does not count among them" "$T/out" 'shutdownLatency: .* the 4 benchmarks '
t_out "and is counted once" "$T/out" 'suppress some: takes B001 at 2 places'
t_ok "as before" "$AKREPORT" lint bench "$DATA/lint/shutdown_bench"
grep -c 'B004' "$T/out" >"$T/got"
echo 3 >"$T/want"
t_same "so are the helpers for profiles that nothing calls" "$T/want" "$T/got"
t_exit 2 "a folder without Go source" "$AKREPORT" lint bench "$T/empty"
cat >"$T/bench.txt" <<'B'
BenchmarkShutdown-2   	1000000000	         0.01550 ns/op
BenchmarkReal-2       	100000000	        10.5 ns/op
B
t_ok "output alone tells a missing loop" "$AKREPORT" lint bench "$T/bench.txt"
t_out "by N and time" "$T/out" '^warning: Shutdown: 1000000000 iterations.*\[P011\]'
t_out "and nothing else" "$T/out" '^1 finding'

# --- the table of rules
t_ok "the rules are listed" "$AKREPORT" lint rules
sed -n 's/^  \([LBCP]0[0-9][0-9]\)  .*/\1/p' "$T/out" >"$T/got"
sed -n 's/^| \([LBCP]0[0-9][0-9]\) | .*/\1/p' docs/STATIC.md >"$T/want"
t_same "those and no others are in the documentation" "$T/want" "$T/got"
t_ok "the rules for programs" "$AKREPORT" lint rules --json
t_out "with their command" "$T/out" '"command": "lint doctor"'
t_exit 2 "the rules take no argument" "$AKREPORT" lint rules L001

# --- findings in the history
db=$T/h.db
for label in one two three; do
    printf 'BenchmarkStop-2 10 %s ns/op\n' "$(printf %s "$label" | wc -c)" >"$T/$label.txt"
    "$AKREPORT" import --store "$db" --label $label "$T/$label.txt" >/dev/null
done
t_ok "no run has findings yet" "$AKREPORT" lint history --store "$db"
t_out "none are shown" "$T/out" '^0 new, 0 open, 0 gone$'
t_ok "findings are kept with a run" lint --store "$db" --record one
t_ok "again changes nothing" lint --store "$db" --record one
t_ok "a later run, with larger findings only" lint --store "$db" --record two --min 5
t_ok "another kind of checks" \
    "$AKREPORT" lint bench --store "$db" --record two "$DATA/lint/shutdown_bench"
t_ok "the history of findings" "$AKREPORT" lint history --store "$db"
cp "$T/out" "$T/history"
t_out "those that stay are open" "$T/history" \
    '^open +go +L001 +one #1 +two #2 +73\.3 %  actor/pid\.go:1251 '
t_out "those that went are gone, with their last run" "$T/history" '^gone +go +L003 +one #1 +one #1 '
t_out "a first look brings nothing new" "$T/history" '^open +bench +B001 +two #2 +two #2 '
t_out "all are counted" "$T/history" '^0 new, 10 open, 3 gone$'
t_ok "a look without findings" "$AKREPORT" lint go --store "$db" --record three \
    --diagnostics "$T/d" --base "$mem" "$mem"
t_ok "closes what was open" "$AKREPORT" lint history --store "$db" --state open
t_out "of its kind alone" "$T/out" '^0 new, 8 open, 5 gone$'
t_ok "as JSON, one label" "$AKREPORT" lint history --store "$db" --label one --json
t_out "with runs and keys" "$T/out" '"key": "[0-9a-f]{16}"'
"$AKREPORT" comment --store "$db" -o "$T/comment" one two >/dev/null 2>"$T/err"
t_out "the comment has them, what stays and what went" "$T/comment/comment.md" \
    '^Static checks: 0 new findings, 10 that stay, 3 gone'
t_out "with their place" "$T/comment/comment.md" '^- `actor/pid\.go:1251`: 73\.3 % .* \[L001\]$'
"$AKREPORT" comment --store "$db" -o "$T/comment" two one >/dev/null 2>"$T/err"
t_out "what a change added comes first" "$T/comment/comment.md" '^- \*\*new\*\* `log/log\.go:176`: 4\.9 %'
t_out "so in its JSON" "$T/comment/comment.json" '"compared": true'
"$AKREPORT" comment --store "$db" -o "$T/comment" one three >/dev/null 2>"$T/err"
t_out "after a look without findings all are gone" "$T/comment/comment.md" \
    '^Static checks: 0 new findings, 0 that stay, 5 gone$'
t_ok "the dashboard" "$AKREPORT" dashboard --store "$db" -o "$T/d.html"
t_out "has them too" "$T/d.html" '<p>0 new, 8 open, 5 gone'
"$AKREPORT" import --store "$T/merged.db" "$db" >/dev/null
"$AKREPORT" lint history --store "$db" >"$T/want"
"$AKREPORT" lint history --store "$T/merged.db" >"$T/got"
t_same "another history takes them over" "$T/want" "$T/got"
t_ok "verify looks at them" "$AKREPORT" verify --store "$T/merged.db"
t_ok "rm takes them away" "$AKREPORT" rm --store "$db" two
t_ok "with their run" "$AKREPORT" lint history --store "$db"
t_out "and no other" "$T/out" '^0 new, 0 open, 5 gone$'
t_exit 2 "no such run" lint --store "$db" --record nobody
t_out "is said" "$T/err" 'the findings were not kept: .*nobody'
t_exit 2 "no history" lint --store "$T/none.db" --record one
t_exit 2 "an unknown state" "$AKREPORT" lint history --store "$db" --state closed

t_ok "the doctor reads profiles" "$AKREPORT" lint doctor "$DATA/static/shutdown_cpu.prof" "$mem"
t_out "few samples" "$T/out" 'shutdown_cpu\.prof: .* \[P001\]'
t_out "a library function dominates" "$T/out" 'shutdown_mem\.prof: .* \[P006\]'
t_ok "the doctor in sarif has no place to show" "$AKREPORT" lint doctor --format sarif "$mem"
t_exit 2 "the doctor needs something" "$AKREPORT" lint doctor
t_done
