#!/bin/sh
# Prints an assembler file that holds every file below templates/, and the DejaVu fonts of the Debian
# package fonts-dejavu-core with their licence, as read-only data with a table of names.
set -eu
fonts=${FONTS:-/usr/share/fonts/truetype/dejavu}
licence=${FONTS_LICENCE:-/usr/share/doc/fonts-dejavu-core/copyright}
cd "$(dirname "$0")/.."
i=0
echo '    .section .rodata'
table=
add() { # name path
    printf 'f%d:\n    .incbin "%s"\ne%d:\n    .byte 0\nn%d:\n    .asciz "%s"\n' "$i" "$2" "$i" "$i" "$1"
    table="$table    .quad n$i, f$i
    .quad e$i - f$i
"
    i=$((i + 1))
}
for f in $(find templates -type f ! -name '*.c' ! -name '*.h' ! -name '*.sh' ! -name '*.mk' | LC_ALL=C sort); do
    add "${f#templates/}" "$f"
done
for font in DejaVuSans DejaVuSans-Bold DejaVuSansMono; do
    if [ ! -r "$fonts/$font.ttf" ]; then
        echo "embed.sh: $fonts/$font.ttf is missing (Debian package fonts-dejavu-core)" >&2
        exit 1
    fi
    add "fonts/$font.ttf" "$fonts/$font.ttf"
done
if [ -r "$licence" ]; then add fonts/LICENCE "$licence"; fi
printf '    .section .data.rel.ro,"aw"\n    .globl templates_table\n    .hidden templates_table\n    .balign 8\ntemplates_table:\n%s    .quad 0, 0, 0\n' "$table"
echo '    .section .note.GNU-stack,"",@progbits'
