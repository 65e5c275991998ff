#!/bin/sh
# Reports, and never fails: what is larger than the house style aims at, and what the static checkers
# that are installed say.
cd "$(dirname "$0")/.." || exit 2
modules=$(sed -n 's/^MODULES *:= *//p' Makefile)
# The list of folders is one word each.
# shellcheck disable=SC2086
{
    echo "files over 600 lines:"
    find $modules -name '*.[ch]' -exec wc -l {} + | awk '$1 > 600 && $2 != "total" {print "  " $2 ": " $1}'
    if command -v pmccabe >/dev/null; then
        echo "functions over 60 lines, or of complexity over 15:"
        find $modules -name '*.c' -print0 | xargs -0 pmccabe |
            awk '$5 > 60 || $1 > 15 {printf "  %s %s: %d lines, complexity %d\n", $6, $7, $5, $1}'
    fi
    echo "lines over 100 columns:"
    grep -rnE --include='*.[ch]' '^.{101,}$' $modules | cut -d: -f1,2 | sed 's/^/  /' | head -n 40
    if command -v cppcheck >/dev/null; then
        echo "cppcheck:"
        cppcheck -q --enable=warning,portability --inline-suppr --std=c11 -Ibase/include $modules 2>&1 | grep -E '(error|warning):' | head -n 40
    fi
}
