# akreport lint go with the real compiler, where Go is installed: modules in sub-directories and in a
# workspace, two programs, generated and rewritten files, commits, and what can go wrong.
. tests/lib.sh

if ! command -v go >/dev/null || ! command -v git >/dev/null; then
    t_skip "heap decisions of a build" "no Go or no git"
    t_done
    exit
fi
export GOTOOLCHAIN=local GOFLAGS= GOPROXY=off TMPDIR="$T/tmp"
mkdir "$T/tmp"
cp -r "$DATA/lint/go" "$T/go"
app=$T/go/app
lint() { "$AKREPORT" lint go "$@"; }
git_() { git -C "$T/go" -c user.name=t -c user.email=t@example.org -c commit.gpgsign=false "$@"; }

t_ok "a build is run, from another folder" lint --dir "$app"
t_out "without a profile nothing is ranked" "$T/out" '^0 findings: .* not ranked$'
t_out "which is said" "$T/out" 'cannot be said without a heap profile'
t_out "all packages, programs and tests were compiled" "$T/out" \
    '^  [0-9]+ diagnostics in 1[0-9] files, [1-9][0-9] heap decisions, go'
t_ok "again, from a warm cache" lint --dir "$app"
t_out "the compiler still writes" "$T/out" '^  [0-9]+ diagnostics in 1[0-9] files'

(cd "$app" && go test -run '^$' -bench . -benchtime 500x -memprofile "$T/mem.prof" \
    -memprofilerate 1 ./store) >"$T/bench.txt" 2>&1
t_ok "with a profile, in a workspace" lint --dir "$app" ./store "$T/mem.prof"
head -n 1 "$T/out" >"$T/first"
t_out "the loop is named, not what it calls" "$T/first" \
    '^app/store/store\.go:16: warning: 9[0-9]\.[0-9] % .*store\.Fill calls .* in a loop \[L001\]'
t_out "the chain ends in the other module" "$T/out" 'pool\.New \(lib/pool/pool\.go:6\)'
t_out "every line that allocates is joined, a //line directive's too" "$T/out" \
    '^  ([0-9]+) of \1 lines of the module'
t_out "nearly every byte is explained" "$T/out" ' [0-2]\.[0-9] % unexplained'
GOWORK=off t_ok "without the workspace" lint --dir "$app" ./store "$T/mem.prof"
t_out "the other module is a library" "$T/out" '^store/store\.go:16: warning'

(cd "$app" && go test -run '^$' -bench . -benchtime 100000x -memprofile "$T/clean.prof" \
    -memprofilerate 1 ./clean) >"$T/clean.txt" 2>&1
t_exit 0 "a clean package" lint --strict --dir "$app" ./clean "$T/clean.prof"
t_out "has no finding" "$T/out" '^0 findings'
t_exit 0 "nor has its benchmark" "$AKREPORT" lint bench --strict "$app/clean"
t_out "in its source" "$T/out" '^  1 benchmark in 2 files'
t_exit 0 "nor in its output" "$AKREPORT" lint bench --strict "$T/clean.txt"

cp -r "$T/go" "$T/vendored"
(cd "$T/vendored/app" && GOWORK=off go mod vendor)
GOWORK=off t_ok "a vendored module" lint --dir "$T/vendored/app" ./store "$T/mem.prof"
t_out "what is vendored is a library" "$T/out" '^store/store\.go:16: warning: 9'
rm -r "$T/vendored"

for program in one two; do
    (cd "$app" && go build -o "$T/$program" "./cmd/$program" && "$T/$program" "$T/$program.prof")
    t_ok "two programs are both called main: $program" lint --dir "$app" "$T/$program.prof"
    t_out "its own line" "$T/out" "^app/cmd/$program/main\.go:16: warning: .*make$program in a loop"
    t_out "its own decision" "$T/out" "the compiler says: &$program\{\} escapes"
done
"$AKREPORT" import --store "$T/h.db" --label phase "$T/bench.txt" "$T/mem.prof" >/dev/null
t_ok "a profile of the history" lint --dir "$app" --store "$T/h.db" @phase
t_out "is ranked alike" "$T/out" '^app/store/store\.go:16: warning: 9'

if (cd "$app" && CGO_ENABLED=1 go build ./native) 2>/dev/null; then
    cat >"$app/native/native_test.go" <<'G'
package native

import "testing"

var kept *int

func BenchmarkTwice(b *testing.B) {
	for i := 0; i < b.N; i++ {
		kept = Twice(i)
	}
}
G
    (cd "$app" && go test -run '^$' -bench . -benchtime 10000x -memprofile "$T/native.prof" \
        -memprofilerate 1 ./native) >/dev/null 2>&1
    t_ok "a file that cgo rewrites" lint --dir "$app" ./native "$T/native.prof"
    t_out "is joined by its own line" "$T/out" 'the compiler says: twice escapes to heap'
    rm "$app/native/native_test.go"
else
    t_skip "a file that cgo rewrites" "no C compiler for cgo"
fi

# --- what a change did
git_ init -q . && git_ add -A && git_ commit -qm one
sed -i 's|^// Fill runs|// A line that moves all that follow.\n//\n&|' "$app/store/store.go"
cat >>"$app/store/store.go" <<'G'

var hook = func() *int { n := 3; return &n }

func (s *Set[K]) First(n int) *int { return &n }
G
sed -i 's|sink = append(sink, r)|last := len(sink)\n\tcount = \&last\n\t&|; s|^var sink.*|&\n\nvar count *int|' \
    "$app/store/store.go"
t_ok "the working tree since a commit" lint --dir "$app" --since HEAD ./store
sed -n 's/^\(app[^:]*\):[0-9]*: note: \(.*\)$/\1 \2/p' "$T/out" | sort >"$T/got"
cat >"$T/want" <<'W'
app/store/store.go Set.First; new: n escapes to heap (2 times) [L005]
app/store/store.go add; new: last escapes to heap [L005]
app/store/store.go init; new: n escapes to heap [L005]
W
t_same "only what is new, not what moved" "$T/want" "$T/got"
t_out "lines alone would say more" "$T/out" 'told apart by line, [1-9][0-9]* would seem new'
t_ok "with heat" lint --dir "$app" --since HEAD ./store "$T/mem.prof"
t_out "only what is in a hot function" "$T/out" '^1 finding: .* in functions with heat'
t_out "with its heat" "$T/out" 'warning: [0-9.]+ % of the bytes are of add; new: last escapes'
t_ok "kept with a run" lint --store "$T/h.db" --record phase --dir "$app" ./store @phase
t_ok "beside what the change brought" lint --store "$T/h.db" --record phase --dir "$app" \
    --since HEAD ./store @phase
t_ok "a history has both" "$AKREPORT" lint history --store "$T/h.db"
t_out "what is hot" "$T/out" '^open +go +L001 '
t_out "and what is new" "$T/out" '^open +go-since +L005 .*app/store/store\.go:'
"$AKREPORT" import --store "$T/h.db" --label before "$T/bench.txt" >/dev/null
"$AKREPORT" comment --store "$T/h.db" -o "$T/comment" before phase >/dev/null 2>&1
t_out "a comment begins with it" "$T/comment/comment.md" '^- \*\*new\*\* `app/store/store\.go:[0-9]*`: .*\[L005\]$'
t_exit 1 "--strict" lint --strict --dir "$app" --since HEAD ./store "$T/mem.prof"
git_ add -A && git_ commit -qm two
t_ok "one commit since another, from a sub-directory" lint --dir "$app" --at HEAD --since HEAD~1 ./store
t_out "is the same" "$T/out" '^3 findings: '
t_ok "a commit since itself" lint --dir "$app" --at HEAD --since HEAD ./...
t_out "nothing is new" "$T/out" '^0 findings: '
cp -r "$T/go" "$T/copy"
t_ok "since another checkout" lint --dir "$app" --since "$T/copy/app" ./store
t_out "nothing is new there either" "$T/out" '^0 findings: '
git_ worktree list >"$T/trees"
echo 1 >"$T/want"
wc -l <"$T/trees" | tr -d ' ' >"$T/got"
t_same "worktrees are taken away" "$T/want" "$T/got"

# --- recorded output
record() {
    (cd "$1" && go list -export -trimpath -gcflags="example.org/app/...=-json=0,$2" ./store) >/dev/null
}
record "$app" "$T/new" && git_ checkout -q HEAD~1 && record "$app" "$T/old"
t_ok "recorded diagnostics with their source" lint --diagnostics "$T/new" --source "$T/copy/app" \
    --since "$T/old" --since-source "$app"
t_out "the same difference" "$T/out" '^2 findings: '
t_ok "and without it" lint --diagnostics "$T/new" --since "$T/old"
t_out "functions are not known" "$T/out" 'compared without their functions'
t_out "but messages are" "$T/out" 'new: last escapes to heap'
sed -i 's/"gc_version":"[^"]*"/"gc_version":"go1.0"/' "$T/old"/*/*.json
t_exit 2 "different compilers are refused" lint --diagnostics "$T/new" --since "$T/old"
t_out "by name" "$T/err" 'different compilers, go1\.0 and go1\.[0-9]'

# --- what can go wrong
t_exit 2 "no such commit" lint --dir "$app" --since nonsense
t_out "is said" "$T/err" 'nonsense: neither a folder nor a commit'
t_exit 2 "no such folder" lint --dir "$T/nonsense"
t_exit 2 "no such package" lint --dir "$app" ./nonsense
t_exit 2 "outside of a module" lint --dir "$T/tmp"
t_exit 2 "a package of another module" lint --dir "$app" fmt
t_out "is said" "$T/err" 'no package of a module'
t_exit 2 "two profiles" lint --dir "$app" "$T/mem.prof" "$T/one.prof"
t_exit 2 "a base without a profile" lint --dir "$app" --base "$T/one.prof"
t_exit 2 "an option among the packages" lint --dir "$app" -- -toolexec=x
printf 'package store\nfunc bad() int { return "s" }\n' >"$app/store/bad.go"
t_exit 2 "a build that fails" lint --dir "$app" ./store
t_out "shows the compiler's message" "$T/err" 'bad\.go:2:.*cannot use "s"'
rm "$app/store/bad.go"
cat >"$T/slow" <<'S'
#!/bin/sh
# A go that hangs when it compiles.
case "$*" in *-export*) sleep 60 ;; esac
exec "$REAL_GO" "$@"
S
mkdir "$T/bin" && mv "$T/slow" "$T/bin/go" && chmod +x "$T/bin/go"
REAL_GO=$(command -v go) PATH="$T/bin:$PATH" "$AKREPORT" lint go --dir "$app" --since HEAD \
    >"$T/out" 2>"$T/err" &
pid=$!
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    ls -d "$T"/tmp/*/tree >/dev/null 2>&1 && break
    sleep 0.2
done
sleep 1
kill -TERM "$pid"
wait "$pid"
echo $? >"$T/got"
echo 2 >"$T/want"
t_same "a signal ends it" "$T/want" "$T/got"
git_ worktree list | wc -l | tr -d ' ' >"$T/got"
echo 1 >"$T/want"
t_same "and leaves no worktree" "$T/want" "$T/got"
ls -A "$T/tmp" >"$T/got"
: >"$T/want"
t_same "and nothing in between" "$T/want" "$T/got"
t_done
