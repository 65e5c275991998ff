#!/bin/sh
# The structure of the tree: layers, names, headers, banned calls.
. tests/lib.sh
out=${AKREPORT%/*}/release

t_ok "no module uses a symbol from outside its dependencies" sh tools/check-layers.sh "$out"
t_ok "banned functions are not called" sh tools/check-banned.sh
t_ok "every public header compiles alone" sh tools/check-headers.sh
t_done
