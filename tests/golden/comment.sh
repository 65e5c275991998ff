# The comment, its pictures and templates, on GoAkt's real runs.
. tests/lib.sh
ak=$AKREPORT
store=$T/s.db
t_goakt
t_exit 1 "comment says by its exit code that something is worse" \
    "$ak" comment --store "$store" goakt-v3 goakt-v4 -o "$T/a"
head -n 1 "$T/a/comment.md" >"$T/first"
t_out "the first line has the verdict" "$T/first" '^\*\*✗ Criteria failed:\*\* bytes: 1\.218MB, limit .* 1 MB in `GCAllocationsDuringShutdown_1000Actors`'
t_out "the first line names the leak with its slope" "$T/first" 'growth: leak: \+1\.[67][0-9]*MB per stop of 1,000'
t_out "the first line names what is worse, how much, how surely" "$T/first" 'worse: `[A-Za-z_0-9]*` MB/heap 18\.3x .*p&#60;0\.001'
t_out "the first line counts the rest" "$T/first" 'further 4 worse, 43 better$'
t_out "the leak of 1,000 actors is in the table" "$T/a/comment.md" '`GCAllocationsDuringShutdown_1000Actors` \| leak: \+1\.636MB per stop of 1,000 actors'
t_out "functions explain it" "$T/a/comment.md" '^  - `actor\.newPID` \+18\.36MB ±3\.103MB, .*samples\)'
t_out "what they leave is said" "$T/a/comment.md" 'more functions \+[0-9.]*MB, \+[0-9.]*MB unexplained; the profiles cover 8 benchmarks'
t_out "a profile of many that went the other way explains nothing" "$T/a/comment.md" '1000Grains` ns/op: the profiles cover 8 benchmarks .*cannot explain this row: record --profile-each'
t_out "how far runs lie apart is said below the runs" "$T/a/comment.md" '^the runs were not measured in turn'
t_out "the marker stands in the second line" "$T/a/comment.md" '^<!-- akreport:default -->$'
"$ak" comment --store "$store" goakt-v3 goakt-v4 -o "$T/b" >/dev/null
same=0
for f in comment.md comment.json annotations.txt metrics.txt thumb-light.png thumb-dark.png; do
    cmp -s "$T/a/$f" "$T/b/$f" || same=1
done
t_ok "a second run writes the same bytes" test $same = 0
TZ=Asia/Tokyo LC_ALL=C LANG=de_DE "$ak" comment --store "$store" goakt-v3 goakt-v4 -o "$T/c" >/dev/null
cat "$T"/a/* >"$T/all.a"
cat "$T"/c/* >"$T/all.c"
t_same "zone and locale change nothing" "$T/all.a" "$T/all.c"
t_ok "the comment is short enough" test "$(wc -c <"$T/a/comment.md")" -lt 60000
t_ok "a thumbnail is small" test "$(wc -c <"$T/a/thumb-light.png")" -lt 80000
t_exit 0 "the same run twice: nothing is worse, criteria aside" \
    "$ak" comment --store "$store" goakt-v3 goakt-v3 -o "$T/d" --criteria /dev/stdin <<'C'
[time]
benchmark = ShutdownLatency_100Actors
unit = ms/shutdown
limit = < 100 ms
C
t_out "no change is called the same" "$T/d/comment.md" '^\*\*= Same:\*\*'
"$ak" comment --store "$store" goakt-v4 -o "$T/e" >/dev/null
t_out "a run alone is commented by its criteria" "$T/e/comment.md" '^\*\*✗ Criteria failed:'

"$ak" comment "$DATA/goakt/sizes/goakt-v3.txt" -o "$T/s" >/dev/null
t_out "a stop whose cost grows faster than its size is named, with exponent and sizes" "$T/s/comment.md" '^- P007 ShutdownLatency.*NActors ns/op grows with a power of 1\.7.* over 3 sizes .*: superlinear$'
t_ok "before anything is folded" test "$(grep -n 'P007' "$T/s/comment.md" | head -n 1 | cut -d: -f1)" -lt "$(grep -n '<details>' "$T/s/comment.md" | head -n 1 | cut -d: -f1)"

# Wrong use
t_exit 2 "an unknown run" "$ak" comment --store "$store" goakt-v3 gone -o "$T/g"
t_exit 2 "nothing to comment on" "$ak" comment --store "$store"
t_exit 2 "a base twice" "$ak" comment --store "$store" --base goakt-v3 goakt-v3 goakt-v4
t_done
