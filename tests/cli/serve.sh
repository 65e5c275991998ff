# akreport serve: pages from the store, to this machine only.
. tests/lib.sh
ak=$AKREPORT
store=$T/s.db
t_exit 2 "a listen address that is none" "$ak" serve --store "$store" --listen nowhere
t_exit 2 "a store that is not there" "$ak" serve --store "$T/gone.db" --listen 127.0.0.1:0
if ! command -v curl >/dev/null; then
    t_skip "requests" "curl is not installed"
    t_done
    exit
fi
t_goakt
t_listen "$T/url" "$ak" serve --store "$store" --listen 127.0.0.1:0
pids=
url=$(cat "$T/url")
get() { # expected status, what, path, more arguments of curl
    want=$1 what=$2 path=$3
    shift 3
    got=$(curl -s -g --noproxy '*' -o "$T/body" -w '%{http_code}' "$@" "$url$path")
    t_ok "$what" test "$got" = "$want"
}
get 200 "the dashboard" ""
t_out "it is the history" "$T/body" 'GCAllocationsDuringShutdown_1000Actors'
get 200 "the runs" runs
t_out "with their profiles" "$T/body" 'shutdown_mem\.prof'
get 200 "a comparison" 'compare?before=1&after=2'
t_out "with its verdict" "$T/body" 'Criteria failed'
get 200 "a profile as text" 'profile?id=1&view=top'
t_out "which is pprof's" "$T/body" 'flat%'
t_out "with links to the other views" "$T/body" '<a href="/profile\?id=1&amp;view=peek">peek</a>'
get 200 "a hostile focus is only text" 'profile?id=1&view=top&focus=%3Cscript%3E'
t_out "in its field" "$T/body" 'name="focus" size="16" value="&lt;script&gt;"'
get 200 "a profile as graph" 'profile?id=1&view=graph'
get 200 "a profile as flame graph" 'profile?id=1&view=flame'
get 200 "the difference of two profiles" 'profile?id=3&base=1&view=flame'
get 404 "a profile that is not there" 'profile?id=99&view=top'
get 404 "sources are not read unless a folder was named" 'profile?id=1&view=source&f=main'
get 400 "an expression that is none" 'profile?id=1&view=top&focus=(('
get 404 "no file of the machine" '../../../../etc/passwd' --path-as-is
get 404 "another page" etc/passwd
get 403 "another host's name" "" -H 'Host: evil.example'
get 403 "another port" "" -H 'Host: 127.0.0.1:1'
get 403 "another site's script" "" -H 'Origin: http://evil.example'
get 403 "a page without origin" "" -H 'Origin: null'
get 200 "its own script" "" -H "Origin: ${url%/}"
get 405 "nothing is written" "" -X POST -d x=1
curl -s -g --noproxy '*' -I "$url" | tr -d '\r' >"$T/head"
t_out "other sites cannot frame pages" "$T/head" '^X-Frame-Options: SAMEORIGIN'
t_out "pages cannot ask for anything" "$T/head" "^Content-Security-Policy: default-src 'none';.*frame-ancestors 'self'"
get 204 "no icon, and no error about it" favicon.ico
get 200 "a difference leads to its own views" 'profile?id=3&base=1&view=graph&focus=a%22%3E%3Cb'
t_out "with the query encoded" "$T/body" 'iframe src="/profile\?id=3&amp;view=graph&amp;base=1&amp;document=1&amp;focus=a%22%3E%3Cb"'
long=$(printf '%020000d' 0)
get 200 "a query of 20 kB" "profile?id=1&view=top&focus=x&nothing=$long"
got=$(curl -s -g --noproxy '*' -o /dev/null -w '%{http_code}' "${url}runs?x=$long$long$long$long")
t_ok "one of 80 kB is refused" test "$got" = 414 -o "$got" = 431 -o "$got" = 400 -o "$got" = 413
i=0
while [ $i -lt 24 ]; do
    curl -s -g --noproxy '*' -o /dev/null -w '%{http_code}\n' "${url}profile?id=$((i % 4 + 1))&view=flame&document=1" >"$T/many.$i" &
    pids="$pids $!"
    i=$((i + 1))
done
wait $pids
t_ok "24 requests at once are all answered" test "$(cat "$T"/many.* | grep -c '^200$')" = 24
kill -TERM "$t_pid"
wait "$t_pid"
t_ok "ends with 0 when told to" test $? = 0
printf '[rel]\nbenchmark = GCAlloc.*Actors\nunit = ns/op\nlimit = < +5 %%\nbase = goakt-v3\n' >"$T/rel.ini"
t_exit 2 "criteria that are not there" "$ak" serve --store "$store" --listen 127.0.0.1:0 --criteria "$T/gone.ini"
t_exit 0 "criteria that look for another run" "$ak" check --store "$store" --criteria "$T/rel.ini" goakt-v4
t_listen "$T/curl" "$ak" serve --store "$store" --listen 127.0.0.1:0 --criteria "$T/rel.ini"
url=$(cat "$T/curl")
get 200 "the dashboard by these" ""
t_out "judges as check does" "$T/body" 'Criteria met.*criteria: 2 passed, 0 not judged'
get 200 "a comparison by these" 'compare?before=1&after=2'
t_out "judges so too" "$T/body" '2 passed, 0 failed, 0 not judged'
t_out "and says what is known of how far runs lie apart" "$T/body" 'id="variance">the runs were not measured in turn'
kill -TERM "$t_pid"
t_ok "and ends" wait "$t_pid"
t_listen "$T/purl" "$ak" pprof -http 127.0.0.1:0 -no_browser "$DATA/goakt/goakt-v3/shutdown_cpu.prof"
url=$(cat "$T/purl")
for view in graph flame top peek source; do
    get 200 "one profile as pages: $view" "$view"
done
get 403 "another host's name is refused there too" top -H 'Host: evil.example'
kill -INT "$t_pid"
t_ok "an interrupt ends it" wait "$t_pid"
t_done
