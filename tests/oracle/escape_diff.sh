# The difference of two real versions of a module, where Go is installed and its module proxy can be
# reached: keyed by function and message it is at most a tenth of what lines would say.
. tests/lib.sh

module=${MODULE:-go.uber.org/zap} old=${OLD:-v1.26.0} new=${NEW:-v1.27.0}
fetch() { # version
    dir=$(cd "$T" && go mod download -json "$module@$1" 2>/dev/null | sed -n 's/.*"Dir": "\(.*\)".*/\1/p')
    [ -d "$dir" ] && cp -r "$dir" "$T/$1" && chmod -R u+w "$T/$1"
}
if ! command -v go >/dev/null || ! fetch "$old" || ! fetch "$new"; then
    t_skip "the difference of two versions of $module" "no Go, or no module proxy"
    t_done
    exit
fi
export GOFLAGS=-mod=mod GOTOOLCHAIN=local
t_ok "$module $old and $new are compared" \
    "$AKREPORT" lint go --dir "$T/$new" --since "$T/$old" ./...
grep '^  ' "$T/out" | sed 's/^ */# /' # what the command printed
by_key=$(sed -n 's/.* now: \([0-9]*\) new, \([0-9]*\) gone.*/\1 \2/p' "$T/out")
by_line=$(sed -n 's/.*by line, \([0-9]*\) would seem new and \([0-9]*\) gone.*/\1 \2/p' "$T/out")
noise() { # new or gone by key, by line
    [ "$2" -gt 0 ] && [ "$(($1 * 10))" -le "$2" ]
}
t_ok "new: at most a tenth" noise "${by_key% *}" "${by_line% *}"
t_ok "gone: at most a tenth" noise "${by_key#* }" "${by_line#* }"
t_done
