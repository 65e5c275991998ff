(function () {
  "use strict";
  var data = JSON.parse(document.getElementById("data").textContent), list = data.profiles || [];
  var after = document.getElementById("after"), before = document.getElementById("before");
  var flame = document.getElementById("flame"), space = "http://www.w3.org/2000/svg";
  function amount(p, v) {
    var units = p.u === "nanoseconds" ? [["s", 1e6], ["ms", 1e3], ["µs", 1]]
      : p.u === "bytes" ? [["GB", 1e6], ["MB", 1e3], ["kB", 1]] : [["M", 1e6], ["k", 1e3], ["", 1]];
    for (var i = 0; i < 2 && Math.abs(v) < units[i][1]; i++) { }
    return +(v / units[i][1]).toPrecision(3) + units[i][0];
  }
  function signed(p, v) { return (v > 0 ? "+" : "") + amount(p, v); }
  function option(select, value, text) {
    var o = document.createElement("option");
    o.value = value;
    o.textContent = text;
    select.appendChild(o);
  }
  function title(p) {
    var r = data.runs[p.r];
    return (r[1] || "#" + r[0]) + (r[3] ? " " + r[3] : "") + ": " + p.p + ", " + p.t;
  }
  // Calls callback(depth, name, value, path, flat) for each frame in depth-first order.
  function walk(p, callback) {
    var path = [], f = p.f;
    for (var i = 0; i < f.length; i += 3) {
      var flat = f[i + 2];
      for (var k = i + 3; k < f.length && f[k] > f[i]; k += 3) {
        if (f[k] === f[i] + 1) { flat -= f[k + 2]; }
      }
      path.length = f[i];
      path.push(f[i + 1]);
      callback(f[i], f[i + 1], f[i + 2], path.join(","), flat);
    }
  }
  function totals(p) {
    var paths = Object.create(null), flat = Object.create(null);
    if (p) {
      walk(p, function (d, name, v, path, own) {
        paths[path] = (paths[path] || 0) + v;
        flat[name] = (flat[name] || 0) + own;
      });
    }
    return { paths: paths, flat: flat };
  }
  function colour(delta, total) {
    var part = Math.max(-1, Math.min(1, delta / total * 20));
    if (Math.abs(delta) < total * 0.002) { return "#c9d1d9"; }
    return part > 0 ? "hsl(30,90%," + (88 - 28 * part) + "%)" : "hsl(204,75%," + (88 + 28 * part) + "%)";
  }
  // Where each frame lies, in parts of the whole; called with (depth, name, value, path, x).
  function place(p, callback) {
    var left = [0];
    walk(p, function (depth, name, v, path) {
      var x = left[depth];
      left[depth] = x + v;
      left[depth + 1] = x;
      callback(depth, name, v, path, x);
    });
  }
  var zoom = "";
  function draw(p, old, base) {
    var total = p.f[2], from = 0, size = total, level = 0, deepest = 0, found = false;
    while (flame.firstChild) { flame.firstChild.remove(); }
    place(p, function (depth, name, v, path, x) {
      if (path === zoom) { from = x; size = v; level = depth; found = true; }
    });
    if (!found) { zoom = ""; }
    place(p, function (depth, name, v, path, at) {
      var delta = v - (base.paths[path] || 0);
      if (at >= from + size || at + v <= from || (depth <= level && v < size)) { return; }
      var x = Math.max(0, (at - from) / size * 1200), w = Math.min(1200, (at + v - from) / size * 1200) - x;
      deepest = Math.max(deepest, depth);
      var g = document.createElementNS(space, "g"), r = document.createElementNS(space, "rect");
      var t = document.createElementNS(space, "title");
      g.dataset.depth = depth;
      r.setAttribute("x", x.toFixed(1));
      r.setAttribute("y", depth * 17);
      r.setAttribute("width", Math.max(0.3, w - 0.6).toFixed(1));
      r.setAttribute("height", 16);
      r.setAttribute("fill", old ? colour(delta, total) : "hsl(40,75%,80%)");
      t.textContent = data.names[name] + " " + amount(p, v) + (old ? ", " + signed(p, delta) : "");
      g.appendChild(t);
      g.appendChild(r);
      g.addEventListener("click", function () { zoom = path; draw(p, old, base); });
      if (w > 40) {
        var label = document.createElementNS(space, "text"), room = Math.floor(w / 6.9) - 1;
        var text = data.names[name];
        label.setAttribute("x", (x + 3).toFixed(1));
        label.setAttribute("y", depth * 17 + 12);
        label.textContent = text.length > room ? "…" + text.slice(text.length - room + 1) : text;
        g.appendChild(label);
      }
      flame.appendChild(g);
    });
    flame.setAttribute("viewBox", "0 0 1200 " + (deepest + 1) * 17);
  }
  function table(p, old, now, base) {
    var body = document.getElementById("functions").tBodies[0], names = {};
    Object.keys(now.flat).concat(old ? Object.keys(base.flat) : []).forEach(function (n) { names[n] = 1; });
    var rows = Object.keys(names).map(function (n) {
      var v = now.flat[n] || 0;
      return { n: data.names[n], v: v, d: v - (base.flat[n] || 0) };
    });
    rows.sort(function (a, b) {
      return (old ? Math.abs(b.d) - Math.abs(a.d) : b.v - a.v) || (a.n < b.n ? -1 : 1);
    });
    body.textContent = "";
    rows.slice(0, 20).forEach(function (r) {
      var tr = body.insertRow(), c = tr.insertCell();
      c.className = "name";
      c.textContent = r.n;
      [amount(p, r.v), old ? signed(p, r.d) : ""].forEach(function (text) {
        var cell = tr.insertCell();
        cell.className = "n";
        cell.textContent = text;
      });
    });
  }
  function show() {
    var p = list[+after.value], old = before.value === "" ? null : list[+before.value];
    var now = totals(p), base = totals(old);
    draw(p, old, base);
    table(p, old, now, base);
    document.getElementById("total").textContent = amount(p, p.f[2]) +
      (old ? ", " + signed(p, p.f[2] - old.f[2]) : "");
  }
  // Only profiles of the same kind can be subtracted.
  function choices() {
    var p = list[+after.value], kept = before.options.length ? before.value : null;
    before.textContent = "";
    option(before, "", "nothing");
    list.forEach(function (q, i) {
      if (i !== +after.value && q.p === p.p && q.t === p.t) { option(before, i, title(q)); }
    });
    before.value = kept;
    if (kept === null || before.selectedIndex < 0) {
      before.selectedIndex = before.options.length > 1 ? 1 : 0;
    }
    show();
  }
  if (!list.length) {
    document.getElementById("profiles").remove();
    return;
  }
  list.forEach(function (p, i) { option(after, i, title(p)); });
  document.addEventListener("keydown", function (e) {
    if (e.key === "Escape" && zoom) { zoom = ""; show(); }
  });
  after.addEventListener("change", choices);
  before.addEventListener("change", show);
  choices();
})();
