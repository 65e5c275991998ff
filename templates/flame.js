(function () {
  "use strict";
  var D = JSON.parse(document.getElementById("data").textContent);
  var $ = function (id) { return document.getElementById(id); };
  var canvas = $("graph"), ctx = canvas.getContext("2d"), ROW = 18;
  var state = { zoom: 0, search: "", icicle: D.icicle, inverted: false, gone: false };
  var T, shown = [], current = 0, re = null, width = 0, rows = 1, dark = matchMedia("(prefers-color-scheme: dark)");

  // A tree is arrays in depth-first order; end[i] is the index behind the subtree of i.
  function tree(depth, name, after, before) {
    var n = depth.length, end = new Int32Array(n), parent = new Int32Array(n), stack = [];
    for (var i = 0; i < n; i++) {
      while (stack.length && depth[stack[stack.length - 1]] >= depth[i]) end[stack.pop()] = i;
      parent[i] = stack.length ? stack[stack.length - 1] : -1;
      stack.push(i);
    }
    while (stack.length) end[stack.pop()] = n;
    return { n: n, depth: depth, name: name, after: after, before: before || null, end: end, parent: parent };
  }
  var straight = tree(D.depth, D.name, D.after, D.before), turned = null;

  // The same stacks merged from their leaves.
  function invert(t) {
    var root = { name: 0, after: 0, before: 0, kids: new Map() }, depth = [], name = [], after = [], before = [];
    for (var i = 0; i < t.n; i++) {
      var a = t.after[i], b = t.before ? t.before[i] : 0;
      for (var c = i + 1; c < t.end[i]; c = t.end[c]) { a -= t.after[c]; if (t.before) b -= t.before[c]; }
      if (a <= 0 && b <= 0) continue;
      var at = root; at.after += a; at.before += b;
      for (var p = i; p > 0; p = t.parent[p]) {
        var k = t.name[p], next = at.kids.get(k);
        if (!next) at.kids.set(k, next = { name: k, after: 0, before: 0, kids: new Map() });
        next.after += a; next.before += b; at = next;
      }
    }
    var todo = [[root, 0]];
    while (todo.length) {
      var e = todo.pop(), f = e[0];
      depth.push(e[1]); name.push(f.name); after.push(f.after); before.push(f.before);
      Array.from(f.kids.values()).sort(function (x, y) { return D.names[y.name] < D.names[x.name] ? -1 : 1; })
        .forEach(function (kid) { todo.push([kid, e[1] + 1]); });
    }
    return tree(depth, name, after, t.before ? before : null);
  }

  function size(i) { return state.gone && T.before ? Math.max(T.after[i], T.before[i]) : T.after[i]; }
  function format(v) {
    var u = D.unit, steps = { nanoseconds: [[1e9, "s"], [1e6, "ms"], [1e3, "µs"], [1, "ns"]], bytes: [[1073741824, "GB"], [1048576, "MB"], [1024, "kB"], [1, "B"]] }[u];
    if (!steps) return v + (u === "count" ? "" : " " + u);
    for (var i = 0; i < steps.length; i++) if (Math.abs(v) >= steps[i][0] || i === steps.length - 1) return +(v / steps[i][0]).toPrecision(4) + steps[i][1];
  }
  function hash(s) { var h = 2166136261; for (var i = 0; i < s.length; i++) h = Math.imul(h ^ s.charCodeAt(i), 16777619); return h >>> 0; }
  var colours = {};
  function colour(i) {
    if (!T.before) {
      var k = T.name[i];
      if (!colours[k]) { var h = hash(D.names[k]); colours[k] = "rgb(" + (205 + h % 50) + "," + (110 + (h >>> 8) % 110) + "," + (50 + (h >>> 20) % 45) + ")"; }
      return colours[k];
    }
    var a = T.after[i], b = T.before[i], d = a - b;
    if (Math.abs(d) <= 2 * Math.sqrt(D.event * (a + b))) return "#e3e6ea";
    var s = 0.15 + 0.85 * Math.min(1, Math.sqrt(Math.abs(d) / Math.max(1, T.after[0])) * 2);
    var to = d > 0 ? [230, 159, 0] : [86, 180, 233];
    return "rgb(" + to.map(function (x) { return Math.round(242 + (x - 242) * s); }).join(",") + ")";
  }
  function describe(i) {
    var text = D.names[T.name[i]] + "  " + format(T.after[i]) + " (" + (T.after[0] ? (T.after[i] / T.after[0] * 100).toFixed(2) : 0) + "%)";
    if (T.before) text += ", before " + format(T.before[i]) + ", change " + (T.after[i] > T.before[i] ? "+" : "") + format(T.after[i] - T.before[i]);
    return text;
  }

  // Places what is at least a third of a pixel wide below the zoomed frame, and its callers above it.
  function place() {
    var z = state.zoom, total = size(z) || 1, stack = [], i;
    shown = []; rows = 1;
    for (i = z; i >= 0; i = T.parent[i]) shown.push({ i: i, x: 0, w: width, d: T.depth[i] });
    stack.push({ i: z, x: 0 });
    while (stack.length) {
      var f = stack.pop(), x = f.x;
      rows = Math.max(rows, T.depth[f.i] + 1);
      for (var c = f.i + 1; c < T.end[f.i]; c = T.end[c]) {
        var w = size(c) / total * width;
        if (w >= 0.3) { shown.push({ i: c, x: x, w: w, d: T.depth[c] }); stack.push({ i: c, x: x }); }
        x += w;
      }
    }
    shown.forEach(function (s) { rows = Math.max(rows, s.d + 1); });
  }
  function top(d) { return (state.icicle ? d : rows - 1 - d) * ROW; }
  function fit(name, w) {
    var max = Math.floor((w - 6) / 6.7);
    if (max < 3) return "";
    return name.length <= max ? name : "…" + name.slice(name.length - max + 1);
  }
  function draw() {
    var ratio = window.devicePixelRatio || 1;
    width = canvas.parentNode.clientWidth; place();
    canvas.style.height = rows * ROW + "px";
    canvas.width = width * ratio; canvas.height = rows * ROW * ratio;
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0); ctx.font = "11px 'DejaVu Sans',Verdana,sans-serif"; ctx.textBaseline = "middle";
    shown.forEach(function (s) {
      var y = top(s.d), name = D.names[T.name[s.i]];
      ctx.fillStyle = re && re.test(name) ? "#cf7dff" : colour(s.i);
      ctx.globalAlpha = s.d < T.depth[state.zoom] ? 0.5 : 1;
      ctx.fillRect(s.x, y, Math.max(s.w - 0.5, 0.3), ROW - 1);
      ctx.globalAlpha = 1;
      var text = fit(name, s.w);
      if (text) { ctx.fillStyle = "#1f2328"; ctx.fillText(text, s.x + 3, y + ROW / 2); }
      if (s.i === current && document.activeElement === canvas) { ctx.strokeStyle = dark.matches ? "#fff" : "#000"; ctx.lineWidth = 2; ctx.strokeRect(s.x + 1, y + 1, Math.max(s.w - 2, 1), ROW - 3); }
    });
  }
  function matched() {
    if (!re) { $("matched").textContent = ""; return; }
    // A frame inside a matching one counts once.
    var sum = 0, i = 0, hit = new Map();
    while (i < T.n) {
      var k = T.name[i];
      if (!hit.has(k)) hit.set(k, re.test(D.names[k]));
      if (hit.get(k)) { sum += T.after[i]; i = T.end[i]; } else i++;
    }
    $("matched").textContent = "matched " + format(sum) + " (" + (T.after[0] ? (sum / T.after[0] * 100).toFixed(1) : 0) + "%)";
  }
  function save() {
    var q = [];
    if (state.zoom) q.push("z=" + state.zoom);
    if (state.search) q.push("s=" + encodeURIComponent(state.search));
    if (state.icicle) q.push("i=1");
    if (state.inverted) q.push("v=1");
    if (state.gone) q.push("g=1");
    history.replaceState(null, "", "#" + q.join("&"));
  }
  function apply() {
    if (state.inverted && !turned) turned = invert(straight);
    T = state.inverted ? turned : straight;
    if (!(state.zoom >= 0 && state.zoom < T.n)) state.zoom = 0;
    current = Math.min(current, T.n - 1);
    try { re = state.search ? new RegExp(state.search, "i") : null; } catch (e) { re = null; }
    $("search").value = state.search; $("icicle").checked = state.icicle; $("inverted").checked = state.inverted; $("gone").checked = state.gone;
    draw(); matched(); save();
  }
  function load() {
    location.hash.slice(1).split("&").forEach(function (p) {
      var k = p[0], v = p.slice(2);
      if (k === "z") state.zoom = parseInt(v, 10) || 0;
      else if (k === "s") { try { state.search = decodeURIComponent(v); } catch (e) { state.search = ""; } }
      else if (k === "i") state.icicle = true;
      else if (k === "v") state.inverted = true;
      else if (k === "g") state.gone = true;
    });
  }
  function zoom(i) { state.zoom = i; current = i; apply(); $("status").textContent = describe(i); }
  function at(e) {
    var r = canvas.getBoundingClientRect(), x = e.clientX - r.left, y = e.clientY - r.top;
    for (var k = shown.length - 1; k >= 0; k--) {
      var s = shown[k], t = top(s.d);
      if (y >= t && y < t + ROW && x >= s.x && x < s.x + s.w) return s.i;
    }
    return -1;
  }
  function toggle(key) { state[key] = !state[key]; if (key === "inverted") { state.zoom = 0; current = 0; } apply(); }
  function sibling(i, step) {
    var same = shown.filter(function (s) { return s.d === T.depth[i]; }).sort(function (a, b) { return a.x - b.x; });
    var k = same.findIndex(function (s) { return s.i === i; });
    return same[k + step] ? same[k + step].i : i;
  }
  function move(key) {
    var up = state.icicle ? "ArrowUp" : "ArrowDown", down = state.icicle ? "ArrowDown" : "ArrowUp", next = current;
    if (key === up) next = T.parent[current] < 0 ? current : T.parent[current];
    else if (key === down) { var kid = shown.filter(function (s) { return T.parent[s.i] === current; }).sort(function (a, b) { return b.w - a.w; })[0]; next = kid ? kid.i : current; }
    else next = sibling(current, key === "ArrowRight" ? 1 : -1);
    current = next; draw(); $("status").textContent = describe(current);
  }
  canvas.addEventListener("mousemove", function (e) { var i = at(e); $("status").textContent = i < 0 ? "" : describe(i); });
  canvas.addEventListener("click", function (e) { var i = at(e); if (i >= 0) zoom(i); });
  canvas.addEventListener("focus", draw); canvas.addEventListener("blur", draw);
  $("search").addEventListener("input", function () { state.search = this.value; apply(); });
  $("reset").addEventListener("click", function () { zoom(0); });
  ["icicle", "inverted", "gone"].forEach(function (k) { $(k).addEventListener("change", function () { toggle(k); }); });
  document.addEventListener("keydown", function (e) {
    if (e.target === $("search")) { if (e.key === "Escape") { state.search = ""; apply(); canvas.focus(); } return; }
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    if (e.key === "/") { e.preventDefault(); $("search").focus(); }
    else if (e.key === "Escape") zoom(0);
    else if (e.key === "i") toggle("icicle");
    else if (e.key === "v") toggle("inverted");
    else if (e.key === "g" && D.diff) toggle("gone");
    else if (document.activeElement === canvas && e.key === "Enter") zoom(current);
    else if (document.activeElement === canvas && e.key.indexOf("Arrow") === 0) { e.preventDefault(); move(e.key); }
  });
  window.addEventListener("resize", draw);
  dark.addEventListener("change", draw);
  $("title").textContent = (D.title ? D.title + " " : "") + D.type + (D.diff ? ": before and after (orange is more, blue is less, grey is within the sampling error)" : "");
  document.title = $("title").textContent;
  $("legend").textContent = D.legend.join("\n");
  $("goneBox").hidden = !D.diff;
  load(); apply();
})();
