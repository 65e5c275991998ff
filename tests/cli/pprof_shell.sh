# The interactive shell of akreport pprof, from a pipe.
. tests/lib.sh

cpu=$DATA/pprof/profiles/json.cpu.pb.gz
say() { # words on standard input; out and err in $T
    "$AKREPORT" pprof -symbolize=none "$@" "$cpu" <"$T/words"
}
words() {
    printf '%b' "$1" >"$T/words"
}

words 'top3\n'
t_ok "top3" say
t_out "shows three" "$T/out" "Showing top 3 nodes out of"
t_out "the shell greets on standard error" "$T/err" "Entering interactive mode"
words 'top 4 runtime -mallocgc -cum\n'
t_ok "top with filters" say
t_out "focus" "$T/out" "focus=runtime"
t_out "ignore" "$T/out" "ignore=mallocgc"
words 'focus=json\ntop1\n:\ntop1\n'
t_ok "an option stays until it is cleared" say
t_ok "as often as it is set" test "$(grep -c 'focus=json' "$T/out")" = 1
words "top5 >$T/a.txt\ntop 5 > $T/b.txt\n"
t_ok "redirection" say
t_same "with and without a blank" "$T/a.txt" "$T/b.txt"
words "top 5 | wc -l >$T/count\n"
t_ok "a pipe to a command" say
t_out "gets the report" "$T/count" "^ *8$"
words "cd /nowhere\nnosuch\nfocus\nlist\ntop >\nsample_index=nosuch\nquit\ntop\n"
t_ok "what is not understood ends nothing" say
t_out "unknown words" "$T/err" 'unrecognized command: "nosuch"'
t_out "an option without value" "$T/err" "please specify a value, e.g. focus=<val>"
t_out "a command without argument" "$T/err" "command list requires an argument"
t_out "a redirection without file" "$T/err" "unexpected end of line after >"
t_out "an unknown sample type" "$T/err" "must be one of"
t_same "and nothing is printed after quit" "$T/out" /dev/null
words 'samples\ntop1\nmean_cpu\ntop1\ntotal_cpu\ntop1\n'
t_ok "sample types are words" say
t_out "count" "$T/out" "of 32 total"
words 'o\nhelp\nhelp top\nhelp focus\nhelp nosuch\n'
t_ok "options and help" say
t_out "options have values" "$T/err" '^  sample_index +=  *cpu +//: \[samples \| cpu\]'
t_out "help of a command" "$T/err" "top \[n\] \[focus_regex\]"
t_out "help of nothing" "$T/err" "Unknown command: nosuch"
words 'unit=s //: a comment\ntop1\nlines\ncum\ntop1\n'
t_ok "assignments with comments, and bare choices" say
t_out "unit" "$T/out" "of 0.32s total"
words 'peek mallocgc$\ntree 3\ntraces\ntags\nraw\ncomments\n'
t_ok "other reports" say
t_out "peek" "$T/out" "\| runtime.mallocgc$"
words "proto >$T/p.pb.gz\n"
t_ok "a profile to a file" say
t_ok "is a profile" "$AKREPORT" pprof -top "$T/p.pb.gz"
if [ -e "$(dirname "$AKREPORT")/plugins/akreport-canvas.so" ]; then
    words "png > $T/cpu_analysis.png\n"
    t_ok "png > cpu_analysis.png" say
    t_ok "writes a picture" test -s "$T/cpu_analysis.png"
    words 'web\n'
    BROWSER=cat TMPDIR=$T t_ok "web opens the browser" say
fi
t_done
