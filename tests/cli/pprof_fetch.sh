# Profiles from live servers (a recorded one, and a real Go server where Go is) and from the history.
. tests/lib.sh

cpu=$DATA/pprof/profiles/json.cpu.pb.gz
if ! [ -e "$(dirname "$AKREPORT")/plugins/akreport-fetch.so" ] || ! command -v python3 >/dev/null; then
    t_skip "profiles from servers" "the fetch plug-in or python3 is missing"
else
    mkdir "$T/web" "$T/kept"
    cp "$cpu" "$T/web/profile"
    echo "no profile" >"$T/web/text"
    cat >"$T/serve.py" <<'PY'
import functools, http.server, os, sys
handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=sys.argv[1])
server = http.server.HTTPServer(("127.0.0.1", 0), handler)
with open(sys.argv[2] + ".new", "w") as f:
    f.write(str(server.server_address[1]))
os.rename(sys.argv[2] + ".new", sys.argv[2])
server.serve_forever()
PY
    python3 "$T/serve.py" "$T/web" "$T/port" 2>"$T/log" &
    server=$!
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        [ -s "$T/port" ] && break
        sleep 0.1
    done
    host=127.0.0.1:$(cat "$T/port")
    export PPROF_TMPDIR="$T/kept"
    t_ok "a server is asked" "$AKREPORT" pprof -top -seconds=3 "http://$host/profile"
    t_out "for some seconds" "$T/log" "GET /profile\?seconds=3 "
    t_out "the answer is kept" "$T/err" "Saved profile in .*/pprof.mk.samples.cpu.001.pb.gz"
    t_ok "as a profile" "$AKREPORT" pprof -top "$T/kept/pprof.mk.samples.cpu.001.pb.gz"
    t_ok "host:port/path is an address" "$AKREPORT" pprof -top "$host/profile"
    t_exit 2 "an answer that is no profile" "$AKREPORT" pprof -top "http://$host/text"
    t_exit 2 "an answer that says no" "$AKREPORT" pprof -top "http://$host/nothing"
    t_out "is told" "$T/err" "server response: 404"
    t_exit 2 "a large answer is refused" "$AKREPORT" pprof -top -max_bytes=100 "http://$host/profile"
    kill "$server"
    wait "$server" 2>/dev/null
    t_exit 2 "nobody answers" "$AKREPORT" pprof -top "http://$host/profile"
fi

if ! command -v go >/dev/null || ! [ -e "$(dirname "$AKREPORT")/plugins/akreport-fetch.so" ]; then
    t_skip "profiles from a real Go server" "Go or the fetch plug-in is missing"
else
    mkdir "$T/live"
    cat >"$T/live/main.go" <<'GO'
package main

import (
	"net"
	"net/http"
	_ "net/http/pprof"
	"os"
)

func main() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	os.WriteFile(os.Args[1]+".new", []byte(l.Addr().String()), 0o644)
	os.Rename(os.Args[1]+".new", os.Args[1])
	http.Serve(l, nil)
}
GO
    printf 'module live\n\ngo 1.21\n' >"$T/live/go.mod"
    if (cd "$T/live" && GOFLAGS=-mod=mod GOPROXY=off go build -o live .) >"$T/build" 2>&1; then
        "$T/live/live" "$T/live/address" &
        server=$!
        for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
            [ -s "$T/live/address" ] && break
            sleep 0.1
        done
        url=http://$(cat "$T/live/address")/debug/pprof
        t_ok "a Go server's CPU profile" "$AKREPORT" pprof -top -seconds=1 "$url/profile"
        t_ok "its heap profile" "$AKREPORT" pprof -top -sample_index=alloc_space "$url/heap"
        t_ok "its goroutines as text" "$AKREPORT" pprof -top "$url/goroutine?debug=1"
        kill "$server"
        wait "$server" 2>/dev/null
    else
        t_skip "profiles from a real Go server" "its program does not build: $(tail -n 1 "$T/build")"
    fi
fi

t_ok "a run with profiles is stored" "$AKREPORT" import --store "$T/s.db" --label old \
    "$DATA/pprof/profiles/json.cpu.pb.gz" "$DATA/pprof/profiles/json.heap.pb.gz"
t_ok "its profile is a source, by kind" "$AKREPORT" pprof -store "$T/s.db" -raw @old/cpu
cp "$T/out" "$T/stored"
"$AKREPORT" pprof -raw "$cpu" >"$T/file"
t_same "and the same profile" "$T/stored" "$T/file"
t_ok "by name" "$AKREPORT" pprof -store "$T/s.db" -top @old/json.heap.pb.gz
t_exit 2 "several fit" "$AKREPORT" pprof -store "$T/s.db" -top @old
t_out "and are named" "$T/err" "json.cpu.pb.gz, json.heap.pb.gz"
t_exit 2 "an unknown label" "$AKREPORT" pprof -store "$T/s.db" -top @nosuch/cpu
t_done
