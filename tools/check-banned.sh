#!/bin/sh
# Finds calls that the house style forbids.
set -eu
cd "$(dirname "$0")/.."
modules=$(sed -n 's/^MODULES *:= *//p' Makefile)
bad=0
tmp=$(mktemp)
trap 'rm -f "$tmp"' EXIT
find_calls() { # what, pattern, folders...
    what=$1 pattern=$2
    shift 2
    # Strings are emptied and comment lines left out before looking.
    find "$@" -name '*.[ch]' | LC_ALL=C sort | while read -r file; do
        sed -E 's/"([^"\\]|\\.)*"/""/g; s|/\*.*\*/||; s|^ *\*.*||; s|^ */\*.*||; s|//.*||' "$file" |
            grep -nE "(^|[^A-Za-z0-9_>.])($pattern) *\(" | sed "s|^|$file:|"
    done >"$tmp"
    if [ -s "$tmp" ]; then
        cat "$tmp"
        echo "^ $what"
        bad=1
    fi
}
# The list of folders is one word each.
# shellcheck disable=SC2086
find_calls "unsafe or locale-bound" 'strcpy|strcat|sprintf|vsprintf|strtok|gmtime|localtime|ctime|atoi|atof|rand|srand|setjmp|system|gets' $modules
find_calls "libraries neither print nor exit" 'printf|puts|putchar|exit|abort' $(echo "$modules" | tr ' ' '\n' | grep -vE '^(cli|bench|runtime)$')
find_calls "memory comes from base" 'malloc|calloc|realloc|free|strdup|strndup' $(echo "$modules" | tr ' ' '\n' | grep -vE '^(base|runtime|bench)$')
exit $bad
