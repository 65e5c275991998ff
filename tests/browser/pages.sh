# Pages in headless Chromium: no error, no request, readable in both themes.
. tests/lib.sh
ak=$AKREPORT
browser=$(command -v chromium || command -v chromium-browser || true)
if [ -z "$browser" ]; then
    t_skip "pages in a browser" "chromium is not installed"
    t_done
    exit
fi
# Loads FILE, prints the document after its scripts ran; NAME.log has the console, NAME.net the requests.
load() { # file name more-flags...
    file=$1 name=$2
    shift 2
    timeout 60 "$browser" --headless --no-sandbox --disable-gpu --disable-quic --no-first-run \
        --disable-background-networking --disable-component-update --disable-sync \
        --disable-extensions --user-data-dir="$T/profile" --enable-logging=stderr --v=0 \
        --log-net-log="$T/$name.net" --window-size=1280,900 --virtual-time-budget=4000 "$@" \
        --dump-dom "file://$(realpath "$file")" >"$T/$name.dom" 2>"$T/$name.log"
}
# A copy of a page with a script that looks at contrast, names and the order of the tab key.
probe() { # in out
    sed '$d' "$1" | sed '$d' >"$2"
    cat >>"$2" <<'P'
<script>
(function () {
  function lum(c) {
    return [0, 1, 2].map(function (i) {
      var v = c[i] / 255;
      return v <= 0.03928 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4);
    }).reduce(function (s, v, i) { return s + v * [0.2126, 0.7152, 0.0722][i]; }, 0);
  }
  function rgb(s) { return (s.match(/[\d.]+/g) || [0, 0, 0, 0]).map(Number); }
  function paper(e) {
    for (; e; e = e.parentElement) {
      var c = rgb(getComputedStyle(e).backgroundColor);
      if (c.length < 4 || c[3] > 0) { return c; }
    }
    return [255, 255, 255];
  }
  var worst = 99, where = "", walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), n;
  while ((n = walker.nextNode())) {
    var e = n.parentElement;
    if (!n.data.trim() || /^(SCRIPT|STYLE|OPTION|title)$/.test(e.tagName) || !e.getClientRects().length) { continue; }
    var s = getComputedStyle(e), svg = e.tagName === "text";
    var box = e.closest("#flame") && e.previousElementSibling;
    var a = lum(rgb(svg ? s.fill : s.color));
    var b = lum(box ? rgb(getComputedStyle(box).fill) : paper(e));
    var ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < worst) { worst = ratio; where = n.data.trim().slice(0, 40); }
  }
  var stops = document.querySelectorAll("button, input, select, a[href], summary, [tabindex='0']");
  var nameless = Array.prototype.filter.call(stops, function (e) {
    return !e.textContent.trim() && !e.getAttribute("aria-label") && !(e.labels && e.labels.length);
  }).length;
  var forced = document.querySelectorAll("[tabindex]:not([tabindex='0']):not([tabindex='-1'])").length;
  var wide = document.documentElement.scrollWidth > innerWidth;
  var p = document.createElement("pre");
  p.textContent = "PROBE contrast=" + (worst >= 4.5 ? "ok" : worst.toFixed(2) + " " + where) +
    " nameless=" + nameless + " forced=" + forced + " wide=" + wide + " stops=" + (stops.length > 5);
  document.body.appendChild(p);
})();
</script>
</body>
</html>
P
}
check_page() { # file name themes
    probe "$1" "$T/$2.probe.html"
    for theme in $3; do
        n=$2-$theme
        scheme=1
        [ $theme = dark ] && scheme=0
        load "$T/$2.probe.html" "$n" --blink-settings=preferredColorScheme=$scheme
        t_out "$2, $theme: contrast, names, tab order, width" "$T/$n.dom" \
            'PROBE contrast=ok nameless=0 forced=0 wide=false stops=true'
        grep -E 'CONSOLE|Refused|Uncaught' "$T/$n.log" >"$T/console"
        t_ok "$2, $theme: nothing on the console" test ! -s "$T/console"
        grep -oE '"url":"(https?|wss?):[^"]*' "$T/$n.net" | grep -v 'google\|gstatic' >"$T/requests"
        t_ok "$2, $theme: no request" test ! -s "$T/requests"
    done
}
t_goakt
"$ak" comment --store "$T/s.db" goakt-v3 goakt-v4 -o "$T/c" --html "$T/report.html" >/dev/null
"$ak" dashboard --store "$T/h.db" -o "$T/dashboard.html" >/dev/null
check_page "$T/report.html" report "light dark"
t_out "report: the script counts the rows" "$T/report-light.dom" '48 shown'
t_out "report: headings sort by key and pointer" "$T/report-light.dom" '<th[^>]*><button>verdict</button>'
check_page "$T/dashboard.html" dashboard light
t_out "dashboard: charts take the tab key" "$T/dashboard-light.dom" '<svg [^>]*tabindex="0"'
"$ak" dashboard --store "$T/s.db" -o "$T/profiles.html" >/dev/null
check_page "$T/profiles.html" profiles dark
t_out "profiles: the difference of two is drawn" "$T/profiles-dark.dom" '<title>actor\.newPID [0-9.]+(s|ms), [-+][0-9.]+(s|ms)</title>'
t_out "profiles: and told in a table" "$T/profiles-dark.dom" '<td class="name">runtime\.[A-Za-z.]*</td><td class="n">[0-9.]+m?s</td><td class="n">[-+]'
sed 's|</body>|<script>location.hash="name=Latency";</script></body>|' "$T/dashboard.html" >"$T/hash.html"
load "$T/hash.html" hash
t_out "dashboard: the address keeps the filter" "$T/hash.dom" '5 shown'
t_done
