# Stores that cannot be used: one line that names the file and the reason, exit 2, the file as it was.
. tests/lib.sh
s=$T/s.db
refused() { # what, file, reason
    before=$(cksum <"$2" 2>/dev/null)
    t_exit 2 "$1 is refused" "$AKREPORT" runs --store "$2"
    t_ok "with one line" [ "$(wc -l <"$T/err")" = 1 ]
    "$AKREPORT" runs --store "$2" 2>"$T/err" >"$T/out"
    t_out "that gives the reason" "$T/err" "$3"
    t_out "and the file" "$T/err" "$(basename "$2")"
    t_ok "which did not change" [ "$before" = "$(cksum <"$2" 2>/dev/null)" ]
}
"$AKREPORT" import --store "$s" --label a "$DATA/goakt/goakt-v3/shutdown.txt" >"$T/out" 2>&1

refused "no file" "$T/none.db" 'No such file'
: >"$T/empty.db"
refused "an empty file" "$T/empty.db" 'empty'
echo "not a database, however long this line may be made to be for the header, and it is long" >"$T/text.db"
refused "text" "$T/text.db" 'not a database'
head -c 40 "$s" >"$T/short.db"
refused "a piece of a header" "$T/short.db" 'not a database'
mkdir "$T/dir.db"
t_exit 2 "a folder is refused" "$AKREPORT" runs --store "$T/dir.db"
mkfifo "$T/fifo.db"
t_exit 2 "a fifo is refused" "$AKREPORT" runs --store "$T/fifo.db"
size=$(wc -c <"$s")
head -c $((size / 2)) "$s" >"$T/half.db"
t_exit 2 "half of a store is refused" "$AKREPORT" verify --store "$T/half.db"
for f in "$DATA"/hostile/inputs/s*.db; do
    [ -f "$f" ] && refused "$(basename "$f")" "$f" 'not a|newer|foreign|damaged|malformed'
done
# A damaged page in the middle: nothing crashes, and verify finds it.
cp "$s" "$T/bad.db"
dd if=/dev/urandom of="$T/bad.db" bs=16384 seek=3 count=1 conv=notrunc 2>"$T/dd"
t_exit 2 "a damaged page is found by verify" "$AKREPORT" verify --store "$T/bad.db"

t_exit 2 "a bad name is shown harmless" "$AKREPORT" runs --store "$T/x$(printf '\033')[31m.db"
t_ok "without its escape" sh -c "! grep -q '$(printf '\033')' '$T/err'"

cd_store() { (cd "$T" && "$1" import --store ":memory:" --label a "$2" && "$1" runs --store ":memory:"); }
t_ok "any name is a file's name" cd_store "$(realpath "$AKREPORT")" "$(realpath "$DATA/goakt/goakt-v3/shutdown.txt")"
t_ok "and the file is there" [ -f "$T/:memory:" ]
AKREPORT_STORE=$s t_ok "AKREPORT_STORE names the store" env AKREPORT_STORE="$s" "$AKREPORT" runs
ln -s "$s" "$T/link.db"
t_ok "a link to a store works" "$AKREPORT" runs --store "$T/link.db"
t_ok "reading leaves nothing behind" [ ! -e "$s-wal" ] && [ ! -e "$s-shm" ]

if command -v python3 >/dev/null 2>&1 && [ -f "$DATA/hostile/run.py" ]; then
    t_ok "the hostile inputs" python3 "$DATA/hostile/run.py" --kind sqlite -- "$AKREPORT" runs --store '{}'
    t_out "all pass" "$T/out" '^PASS ([0-9]+) / \1$'
else
    t_skip "the hostile inputs" "python3 or the cases are not here"
fi
t_done
