# Every template can be replaced by itself: a folder with that one file changes what is made from it, and
# the others stay as they are.
. tests/lib.sh
ak=$AKREPORT
t_goakt
cpu=$DATA/goakt/goakt-v3/shutdown_cpu.prof
t_ok "templates are exported" "$ak" templates export "$T/all"
tried=0
only() { # template: $T/t is a folder with it alone, marked at its end
    rm -rf "$T/t"
    mkdir "$T/t"
    cp "$T/all/VERSION" "$T/t"
    {
        cat "$T/all/$1"
        echo "REPLACED"
    } >"$T/t/$1"
    tried=$((tried + 1))
}
replaced() { # template, file made from it
    t_out "$1 is replaced" "$2" 'REPLACED'
    rm -f "$2"
}
only comment.md.mustache
"$ak" comment --store "$T/s.db" goakt-v3 goakt-v4 -o "$T/c" --templates "$T/t" >/dev/null
replaced comment.md.mustache "$T/c/comment.md"
for name in report.html.mustache akreport.css akreport.js; do
    only $name
    "$ak" comment --store "$T/s.db" goakt-v3 goakt-v4 -o "$T/c" --html "$T/p.html" --templates "$T/t" >/dev/null
    replaced $name "$T/p.html"
done
for name in dashboard.html.mustache dashboard.js profiles.js; do
    only $name
    "$ak" dashboard --store "$T/s.db" -o "$T/p.html" --templates "$T/t" >/dev/null
    replaced $name "$T/p.html"
done
# These have no option: the folder of the environment is in force.
for name in flame.html flame.js; do
    only $name
    AKREPORT_TEMPLATES=$T/t "$ak" pprof -flame -output "$T/p.html" "$cpu" 2>/dev/null
    replaced $name "$T/p.html"
done
only flame.svg.head
AKREPORT_TEMPLATES=$T/t "$ak" pprof -flame -output "$T/p.svg" "$cpu" 2>/dev/null
replaced flame.svg.head "$T/p.svg"
only graph.svg.head
AKREPORT_TEMPLATES=$T/t "$ak" pprof -svg -output "$T/p.svg" "$cpu" 2>/dev/null
replaced graph.svg.head "$T/p.svg"
if command -v curl >/dev/null; then
    serve() { # template, path of a page made from it
        only "$1"
        t_listen "$T/url" "$ak" serve --store "$T/s.db" --listen 127.0.0.1:0 --templates "$T/t"
        curl -s -g --noproxy '*' -o "$T/page" "$(cat "$T/url")$2"
        kill -TERM "$t_pid"
        wait "$t_pid"
        replaced "$1" "$T/page"
    }
    serve runs.html.mustache runs
    serve profile.html.mustache 'profile?id=1&view=top'
    serve flame.html 'profile?id=1&view=flame&document=1'
    tried=$((tried - 1))
    t_ok "no template was forgotten" test $((tried + 1)) = "$(find "$T/all" -type f | wc -l)"
else
    t_skip "the pages of a server" "curl is not installed"
fi
# Names that are not known.
for name in comment.md.mustache report.html.mustache dashboard.html.mustache; do
    only $name
    echo '{{no_such_key}}' >>"$T/t/$name"
    case $name in
    dashboard*) set -- dashboard --store "$T/s.db" -o "$T/p.html" ;;
    *) set -- comment --store "$T/s.db" goakt-v3 goakt-v4 -o "$T/c" --html "$T/p.html" ;;
    esac
    t_exit 2 "an unknown key in $name is an error" "$ak" "$@" --templates "$T/t"
    t_out "that names template, line and key" "$T/err" "$name:[0-9]+: there is no \"no_such_key\""
done
echo 1 >"$T/t/VERSION"
t_exit 2 "templates of an older version are refused" "$ak" dashboard --store "$T/s.db" -o "$T/p.html" --templates "$T/t"
t_exit 2 "drawings too" env AKREPORT_TEMPLATES="$T/t" "$ak" pprof -svg -output "$T/p.svg" "$cpu"
t_exit 2 "a folder that is not there" "$ak" dashboard --store "$T/s.db" -o "$T/p.html" --templates "$T/gone"
t_done
