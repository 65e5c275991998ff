# akreport comment --base auto in a real repository with several branches.
. tests/lib.sh
case $AKREPORT in /*) ak=$AKREPORT ;; *) ak=$PWD/$AKREPORT ;; esac
if ! command -v git >/dev/null; then
    t_skip "merge bases" "git is not installed"
    t_done
    exit
fi
AKREPORT_STORE=$T/s.db GIT_CEILING_DIRECTORIES=$T GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
export AKREPORT_STORE GIT_CEILING_DIRECTORIES GIT_CONFIG_GLOBAL GIT_CONFIG_NOSYSTEM
git init -q "$T/repo"
git -C "$T/repo" symbolic-ref HEAD refs/heads/main
g() {
    git -C "$T/repo" -c user.name=n -c user.email=n@example.org "$@" >/dev/null 2>&1
}
commit() { # subject
    g commit -q --allow-empty -m "$1"
}
measure() { # label ns: six values around ns, recorded in the repository
    i=0
    while [ $i -lt 6 ]; do
        i=$((i + 1))
        echo "BenchmarkX-2 1000 $(($2 + i)) ns/op"
    done >"$T/out.txt"
    (cd "$T/repo" && "$ak" record --label "$1" -- cat "$T/out.txt") >/dev/null 2>&1
}
comment() { # arguments...; comment.md is in $T/c
    rm -rf "$T/c"
    (cd "$T/repo" && "$ak" comment -o "$T/c" "$@")
}
# main: one - two - three, feature leaves after one, other after two; loose has nothing in common.
commit one
measure main 1000
measure main 1010
echo dirty >"$T/repo/file"
g add file
measure wip 9000
g reset -q --hard
commit two
measure main 2000
g checkout -q -b other
commit four
commit five
measure other 2500
g checkout -q main
commit three
g checkout -q -b feature HEAD~2
commit six
measure feature 1100

t_exit 1 "the merge base is found" comment --base auto --branch main feature
t_out "it is the commit where the branch left, not the branch's tip; the newest clean run of it" \
    "$T/c/comment.md" '^\*\*▲ Worse:\*\* `X` ns/op \+8\.'
t_out "the comment names it" "$T/c/comment.md" 'base: merge base with main'
t_out "nothing stands after the only row" "$T/c/comment.md" 'p=0\.002$'
t_exit 1 "the head's commit counts, not what is checked out" comment --base auto other
t_out "so another branch has another base" "$T/c/comment.md" '^\*\*▲ Worse:\*\* `X` ns/op \+2[45]\.'
g checkout -q main
measure main 3000
g checkout -q -b late
commit seven
measure late 3030
t_exit 1 "a base on a moved branch" comment --base auto --branch other main
t_out "is where both parted" "$T/c/comment.md" 'X` ns/op \+49\.'
t_exit 0 "a small change" comment --base auto late
t_out "is the same" "$T/c/comment.md" '^\*\*= Same:'
t_exit 1 "a run on the branch itself is compared with the commit before" comment --base auto --branch main main
t_out "which is said" "$T/c/comment.md" 'base: the commit before, on main'
g checkout -q -b unmeasured main
commit eight
g checkout -q -b ninth
commit nine
measure ninth 1
t_exit 2 "a base without a run" comment --base auto --branch unmeasured ninth
t_out "is named, with its subject" "$T/err" '^akreport comment: --base auto: [0-9a-f]{10} \(eight\), the merge base with unmeasured, was not measured'
t_exit 2 "a branch that is not there" comment --base auto --branch gone feature
t_out "is named" "$T/err" 'there is no branch gone here'
g checkout -q --orphan loose
commit ten
measure loose 1
t_exit 2 "a branch with nothing in common" comment --base auto loose
t_out "is said to have nothing" "$T/err" '\(ten\) has no commit in common with main'
t_exit 2 "a head that is not in the checkout" sh -c "cd '$T' && git init -q empty && cd empty && '$ak' comment --base auto feature"
t_out "is said to be missing" "$T/err" 'commit [0-9a-f]{10} of the head is not in this checkout'
mkdir "$T/nogit"
t_exit 2 "no checkout at all" sh -c "cd '$T/nogit' && '$ak' comment --base auto feature"
t_out "is said" "$T/err" 'this folder is in no git checkout'
g clone -q "$T/repo" "$T/clone"
t_exit 1 "a clone has the branch of its origin" sh -c "cd '$T/clone' && '$ak' comment --base auto -o '$T/c' feature"
t_out "and says so" "$T/c/comment.md" 'merge base with origin/main'
t_done
