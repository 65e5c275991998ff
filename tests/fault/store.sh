# A store on a disk that fills up, and faults below SQLite at every place.
. tests/lib.sh

bin=$(dirname "$AKREPORT")/release/tests/unit/store/test_fault
if [ -x "$bin" ]; then
    t_ok "faults at a finer stride than in the unit tests" env AK_FAULT_STRIDE=5 "$bin"
else
    t_skip "faults at a finer stride" "the unit tests are not built"
fi

mkdir "$T/disk"
if [ "$(id -u)" = 0 ] && mount -t tmpfs -o size=1536k none "$T/disk" 2>/dev/null; then
    s=$T/disk/s.db
    "$AKREPORT" import --store "$s" --label v3 "$DATA"/goakt/goakt-v3/shutdown.txt >"$T/out" 2>&1
    kept=0
    i=0
    while [ $i -lt 60 ]; do
        i=$((i + 1))
        sed "s/7644078/$i/" "$DATA/goakt/goakt-v3/shutdown.txt" >"$T/text$i"
        head -c 60000 /dev/urandom | od -An -tx1 >>"$T/text$i"
        "$AKREPORT" import --store "$s" --label "full$i" "$T/text$i" >"$T/out" 2>"$T/err" || break
        kept=$i
    done
    t_exit 2 "a full disk is told by exit 2" "$AKREPORT" import --store "$s" --label more "$T/text$i"
    t_out "with its reason" "$T/err" 'no space left'
    t_ok "some runs fitted" [ "$kept" -gt 0 ]
    t_ok "the store is whole" "$AKREPORT" verify --store "$s"
    t_out "with every acknowledged run" "$T/out" "^$((kept + 1)) runs "
    umount "$T/disk"
else
    t_skip "a full disk" "mounting needs root"
fi
t_done
