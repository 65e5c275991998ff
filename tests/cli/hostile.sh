#!/bin/sh
# Inputs that must be survived: refused with one line, or read, in bounded memory and time.
. tests/lib.sh
run=tests/data/hostile/run.py
t_ok "hostile profiles" python3 $run --kind profile -- "$AKREPORT" pprof -top {}
t_ok "hostile profiles, drawn" python3 $run --kind profile -- "$AKREPORT" pprof -svg -output /dev/null {}
t_ok "hostile profiles, as a flame graph" python3 $run --kind profile -- "$AKREPORT" pprof -flame -output /dev/null {}
t_ok "hostile profiles, imported" python3 $run --kind profile -- "$AKREPORT" import --store "$T/p.db" --label x {}
t_ok "hostile benchmark text" python3 $run --kind bench -- "$AKREPORT" import --store "$T/t.db" --label x {}
t_ok "hostile stores" python3 $run --kind sqlite -- "$AKREPORT" runs --store {}
t_ok "the store is whole after all that" "$AKREPORT" verify --store "$T/p.db"
t_exit 2 "a missing file" "$AKREPORT" pprof -top "$T/none"
t_out "names the file and the reason" "$T/err" 'none: No such file'
t_exit 2 "a folder" "$AKREPORT" pprof -top tests
t_out "names it" "$T/err" 'tests: is a directory'
: >"$T/empty"
t_exit 2 "an empty file" "$AKREPORT" pprof -top "$T/empty"
t_exit 2 "an unknown label" "$AKREPORT" check --store "$T/p.db" nosuch
t_exit 2 "an unknown command" "$AKREPORT" nosuch
t_exit 2 "an unknown option" "$AKREPORT" check --nosuch x
t_done
