#!/bin/sh
# The main job on real data: GoAkt's shutdown before and after, and our own runtime stopping its actors by
# message and by claim. Leaves everything in demo/. Argument: the build folder.
set -u
cd "$(dirname "$0")/.."
B=$(realpath "$1")
root=$(pwd)
ak=$B/akreport
out=demo
rm -rf "$out"
mkdir -p "$out/profiles"
store=$out/history.db
fail() {
    echo "demo: $*" >&2
    exit 1
}
step() { printf '\n== %s\n' "$*"; }
# Runs a command that judges: 0 and 1 are answers, anything else ends the demo.
judge() {
    echo "\$ $*"
    "$@"
    rc=$?
    [ $rc -le 1 ] || [ $rc -eq 3 ] || fail "$* exited $rc"
}

step "GoAkt v3 and v4: import, check, compare (tests/data/goakt)"
for v in goakt-v3 goakt-v4; do
    "$ak" import --store "$store" --label $v tests/data/goakt/$v/* || fail "import of $v"
done
for v in goakt-v3 goakt-v4; do judge "$ak" check --store "$store" $v --png "$out/$v"; done
judge "$ak" compare --store "$store" goakt-v3 goakt-v4 --png "$out/goakt" --html "$out/goakt.html"
judge "$ak" comment --store "$store" goakt-v3 goakt-v4 -o "$out/goakt-comment"

step "our own runtime: stopping actors by message (before) and by claim (after)"
for label in before after; do
    how=message
    [ $label = after ] && how=claim
    mkdir -p "$out/profiles/$label"
    (
        cd "$out/profiles/$label" &&
            GOAKT_PROFILE_SHUTDOWN=1 "$ak" record --store "$root/$store" --label $label -- \
                "$B/akbench" -bench 'Shutdown.*_(100|1000)(Actors|Grains)' -run '^$' -count 10 -benchtime 20x -stop $how
    ) >"$out/$label.txt" 2>"$out/$label.log" || {
        cat "$out/$label.log" >&2
        fail "record of $label"
    }
    tail -n 1 "$out/$label.log"
done
judge "$ak" check --store "$store" before
judge "$ak" check --store "$store" after
judge "$ak" compare --store "$store" before after --png "$out/akbench" --html "$out/akbench.html"
judge "$ak" comment --store "$store" before after -o "$out/akbench-comment"

step "what is where"
"$ak" runs --store "$store"
cat <<END

demo/history.db            the history: every run above, with samples and profiles
demo/goakt/*.png           charts of GoAkt v3 -> v4; demo/goakt-v4/leak.png the leak
demo/goakt.html            the same as one page
demo/goakt-comment/        the comment for a pull request: comment.md and pictures
demo/akbench/*.png, akbench.html, akbench-comment/     the same for our runtime
demo/profiles/             shutdown_cpu.prof and shutdown_mem.prof of both runs:
    build/akreport pprof -top demo/profiles/after/shutdown_cpu.prof
END
