# The workflows of docs/ci, step by step: their own commands in a scratch clone, with a `go` and a `curl`
# that answer as the real ones would.
. tests/lib.sh
root=$PWD
case $AKREPORT in /*) ak=$AKREPORT ;; *) ak=$PWD/$AKREPORT ;; esac
if ! python3 -c 'import yaml' 2>/dev/null || ! command -v git >/dev/null || ! command -v bash >/dev/null; then
    t_skip "workflows" "python3-yaml, git or bash is not installed"
    t_done
    exit
fi
HOME=$T GIT_CONFIG_NOSYSTEM=1
export HOME GIT_CONFIG_NOSYSTEM
git config --global user.name n
git config --global user.email n@example.org
git config --global init.defaultBranch main
mkdir "$T/bin" "$T/work"
# A benchmark whose time stands in bench/ns, with some noise.
cat >"$T/bin/go" <<'G'
#!/bin/sh
n=$(cat "$HOME/count" 2>/dev/null || echo 0)
echo $((n + 1)) >"$HOME/count"
echo "BenchmarkShutdown 1000 $(($(cat bench/ns) + n % 7)) ns/op"
G
# The program as it was built, but it does not wait for an idle machine.
cat >"$T/bin/akreport" <<A
#!/bin/sh
verb=\$1
shift
case \$verb in
record) exec '$ak' record --wait 0 "\$@" ;;
*) exec '$ak' "\$verb" "\$@" ;;
esac
A
chmod +x "$T/bin/go" "$T/bin/akreport"
PATH=$T/bin:$PATH
export PATH
# The checkout: origin/main, and a head that left it before its tip.
prepare() { # ns of the head
    rm -rf "$T/origin" "$T/work/head" "$T/work/base"
    git init -q "$T/origin"
    mkdir "$T/origin/bench"
    echo 1000 >"$T/origin/bench/ns"
    git -C "$T/origin" add bench
    git -C "$T/origin" commit -q -m base
    git clone -q "$T/origin" "$T/work/head"
    echo 5000 >"$T/origin/bench/ns"
    git -C "$T/origin" commit -q -a -m "the branch moved on"
    echo "$1" >"$T/work/head/bench/ns"
    git -C "$T/work/head" commit -q --allow-empty -a -m head
    git -C "$T/work/head" fetch -q
    mkdir "$T/work/head/.akreport"
    printf 'deps all:\n\t@true\n' >"$T/work/head/.akreport/Makefile"
    mkdir "$T/work/head/.akreport/build"
    cp "$T/bin/akreport" "$T/work/head/.akreport/build"
}
measure() { # ns of the head; runs every step, $T/NN.out has its output; sets gate
    prepare "$1"
    rm -rf "$T/steps"
    mkdir "$T/steps"
    python3 tests/cli/ci_steps.py github docs/ci/github-measure.yml measure "$T/steps" >"$T/names"
    GITHUB_PATH=$T/path GITHUB_OUTPUT=$T/output GITHUB_STEP_SUMMARY=$T/summary github_base_ref=main
    export GITHUB_PATH GITHUB_OUTPUT GITHUB_STEP_SUMMARY github_base_ref
    : >"$T/path"
    : >"$T/output"
    : >"$T/summary"
    while read -r number name; do
        steps_judge_outputs_code=$(sed -n 's/^code=//p' "$T/output")
        export steps_judge_outputs_code
        (cd "$T/work/head" && PATH=$(cat "$T/path"):$PATH bash "$T/steps/$number.sh") >"$T/$number.out" 2>&1 </dev/null
        gate=$?
        case $name in
        Gate) cp "$T/$number.out" "$T/gate.out" ;;
        Judge) cp "$T/$number.out" "$T/judge.out" ;;
        esac
        [ $gate = 0 ] || [ "$name" = Gate ] || {
            t_ok "step \"$name\"" false
            sed 's/^/# /' "$T/$number.out" | tail -n 5
        }
    done <"$T/names"
}
measure 1500
t_ok "GitHub: a pull request that is slower fails its gate" test $gate = 1
t_out "with a word" "$T/gate.out" '^::error::something got worse'
t_out "its summary has the verdict, against the merge base and not the tip of the branch" "$T/summary" '^\*\*▲ Worse:\*\* `Shutdown` ns/op \+49\.'
t_out "the worse row is an annotation" "$T/judge.out" '^::warning title=worse::Shutdown ns/op \+49'
t_ok "the artifact has what the second workflow reads" test -f "$T/work/head/out/comment.md" -a -f "$T/work/head/perf.db"
measure 1000
t_ok "GitHub: one that is not slower passes" test $gate = 0
t_out "and says so" "$T/summary" '^\*\*= Same:'

if command -v node >/dev/null; then
    python3 tests/cli/ci_steps.py script docs/ci/github-comment.yml comment >"$T/comment.js"
    mkdir "$T/node"
    node tests/cli/ci_comment.js "$T/comment.js" "$T/node" >"$T/visit" 2>"$T/node.err" || t_ok "node: $(tail -n 1 "$T/node.err")" false
    while read -r line; do
        case $line in
        ok\ *) t_ok "GitHub: ${line#ok }" true ;;
        *) t_ok "GitHub: ${line#not ok }" false ;;
        esac
    done <"$T/visit"
    t_ok "GitHub: all of the comments were tried" test "$(wc -l <"$T/visit")" = 10
else
    t_skip "the comment's program" "node is not installed"
fi

# GitLab: both jobs.
prepare 1500
mkdir -p "$T/lab"
python3 tests/cli/ci_steps.py gitlab docs/ci/gitlab-ci.yml benchmarks "$T/lab"
CI_MERGE_REQUEST_DIFF_BASE_SHA=$(git -C "$T/work/head" rev-parse HEAD~1)
export CI_MERGE_REQUEST_DIFF_BASE_SHA
(cd "$T/work/head" && bash "$T/lab/script.sh") >"$T/out" 2>&1 </dev/null
t_ok "GitLab: a merge request that is slower fails" test $? = 1
for f in out/comment.md out/metrics.txt junit.xml perf.db; do
    t_ok "GitLab: $f is there" test -s "$T/work/head/$f"
done
t_out "GitLab: the report of tests has the failure" "$T/work/head/junit.xml" '<failure'
if command -v jq >/dev/null; then
    python3 tests/cli/ci_steps.py gitlab docs/ci/gitlab-ci.yml benchmark-note "$T/lab"
    cat >"$T/bin/curl" <<'C'
#!/bin/sh
echo "$*" >>"$HOME/curl.log"
case $* in
*--data-urlencode*) ;;
*) cat "$HOME/notes.json" ;;
esac
C
    chmod +x "$T/bin/curl"
    CI_API_V4_URL=https://lab.example.org/api/v4 CI_PROJECT_ID=1 CI_MERGE_REQUEST_IID=2 AKREPORT_TOKEN=secret
    export CI_API_V4_URL CI_PROJECT_ID CI_MERGE_REQUEST_IID AKREPORT_TOKEN
    echo '[{"id":4,"body":"hello"}]' >"$T/notes.json"
    (cd "$T/work/head" && bash "$T/lab/script.sh") >"$T/out" 2>&1
    t_out "GitLab: the first note is made" "$T/curl.log" '^--fail --silent --header PRIVATE-TOKEN: secret --data-urlencode body@out/comment.md https://lab.example.org/api/v4/projects/1/merge_requests/2/notes$'
    echo '[{"id":4,"body":"hello"},{"id":9,"body":"x <!-- akreport:shutdown -->"}]' >"$T/notes.json"
    (cd "$T/work/head" && bash "$T/lab/script.sh") >"$T/out" 2>&1
    t_out "GitLab: then it is updated" "$T/curl.log" '--request PUT .*/merge_requests/2/notes/9$'
else
    t_skip "the note" "jq is not installed"
fi
cd "$root" || exit 1
if command -v actionlint >/dev/null; then
    t_ok "actionlint finds nothing" actionlint docs/ci/github-measure.yml docs/ci/github-comment.yml
else
    t_skip "actionlint" "it is not installed (go install github.com/rhysd/actionlint/cmd/actionlint@latest)"
fi
t_done
