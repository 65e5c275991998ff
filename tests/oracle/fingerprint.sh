#!/bin/sh
# Fingerprints of source lines against their definition, on more than a hundred files of our own tree.
. tests/lib.sh

mine=${AKREPORT%/*}/release/tests/unit/reporter/test_fingerprint
if [ ! -x "$mine" ] || ! command -v python3 >/dev/null; then
    t_skip "fingerprints against their definition" "no unit tests built, or no python3"
    t_done
    exit
fi
ls base/*.c collector/*.c collector/lint/*.c runtime/*.c profile/*.c Makefile docs/*.md | head -n 150 >"$T/files"
xargs "$mine" <"$T/files" >"$T/mine"
xargs python3 tests/oracle/fingerprint.py <"$T/files" >"$T/wanted"
t_same "$(wc -l <"$T/mine") lines of $(wc -l <"$T/files") files" "$T/wanted" "$T/mine"
[ "$(wc -l <"$T/files")" -ge 100 ] && [ "$(wc -l <"$T/mine")" -ge 10000 ]
t_ok "they are many" test $? = 0
t_done
