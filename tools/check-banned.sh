#!/bin/sh
# Finds calls that the house style forbids.
set -eu
cd "$(dirname "$0")/.."
modules=$(sed -n 's/^MODULES *:= *//p' Makefile)
bad=0
find_calls() { # what, pattern, folders...
    what=$1 pattern=$2
    shift 2
    # Comments and strings are cut off first, roughly: a line that is a comment does not count.
    if grep -rnE --include='*.c' --include='*.h' "(^|[^A-Za-z0-9_>.\"])($pattern) *\(" "$@" | grep -vE ':[0-9]+: *(/?\*|//)'; then
        echo "^ $what"
        bad=1
    fi
}
# The list of folders is one word each.
# shellcheck disable=SC2086
find_calls "unsafe or locale-bound" 'strcpy|strcat|sprintf|vsprintf|strtok|gmtime|localtime|ctime|atoi|atof|rand|srand|setjmp|system|gets' $modules
find_calls "libraries neither print nor exit" 'printf|puts|putchar|exit|abort' $(echo "$modules" | tr ' ' '\n' | grep -vE '^(cli|bench)$')
find_calls "memory comes from base" 'malloc|calloc|realloc|free|strdup|strndup' $(echo "$modules" | tr ' ' '\n' | grep -vE '^(base|runtime|bench)$')
exit $bad
