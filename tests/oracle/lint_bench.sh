# Against Go's own standard library, where Go is installed: none of its benchmarks lacks a loop, and
# most do once their loops are taken out.
. tests/lib.sh

root=$(go env GOROOT 2>/dev/null)
if ! [ -d "$root/src/testing" ]; then
    t_skip "the benchmarks of Go's standard library" "no Go with its source"
    t_done
    exit
fi
t_ok "the standard library is read" "$AKREPORT" lint bench "$root/src"
sed -n 's/^  \([0-9]* benchmarks in .*\)/# \1/p' "$T/out"
sed -n 's/.*\[\(B00.\)\]$/\1/p' "$T/out" | sort | uniq -c | sed 's/^ */# /'
grep -E '\[B00[145]\]$' "$T/out" >"$T/got"
: >"$T/want"
t_same "no benchmark that loops is named" "$T/want" "$T/got"
all=$(sed -n 's/^  \([0-9]*\) benchmarks in .*/\1/p' "$T/out")
mkdir "$T/src"
find "$root/src" -name '*_test.go' -not -path '*/testdata/*' -not -path '*/vendor/*' |
    xargs grep -l 'testing\.B' | while read -r file; do
    to=$T/src/${file#"$root/src/"}
    mkdir -p "${to%/*}"
    sed 's/for [^{]*[bt]*\.\(N\|Loop()\)[^{]*{/{/' "$file" >"$to"
done
t_ok "and again without its loops" "$AKREPORT" lint bench "$T/src"
# One finding each, or one at the helper that lists them.
named=$(grep -cE 'Benchmark.*\[B00[15]\]$|^    Benchmark' "$T/out")
echo "# $named of $all are named"
t_ok "seven of ten at least are named then" [ "$((named * 10))" -ge "$((all * 7))" ]
t_done
