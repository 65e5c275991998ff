(function () {
  "use strict";
  var data = JSON.parse(document.getElementById("data").textContent);
  var space = "http://www.w3.org/2000/svg", tip = document.querySelector(".tip");
  data.runs.forEach(function (r, i) {
    if (r.length < 4) { r[3] = i ? data.runs[i - 1][3] : ""; }
  });
  data.series.forEach(function (s) {
    if (typeof s.n === "number") { s.n = s.m.map(function (v) { return v === null ? 0 : s.n; }); }
  });
  function run(i) {
    var r = data.runs[i];
    return (r[1] || "#" + r[0]) + (r[3] ? " " + r[3] : "") + (r[2] ? " " + r[2] : "");
  }
  function bound(s, i, sign) {
    var d = (sign < 0 ? s.l : s.h)[i];
    return d === null ? "?" : (s.m[i] + sign * Math.abs(s.m[i]) * d / 1000).toPrecision(4) + s.u;
  }
  function words(s, i) {
    return s.m[i] === null ? run(i) + ": not measured"
      : run(i) + ": " + s.m[i] + s.u + " [" + bound(s, i, -1) + ", " + bound(s, i, 1) + "], n=" + s.n[i];
  }
  document.querySelectorAll("figure[data-series]").forEach(function (figure) {
    var s = data.series[+figure.dataset.series], svg = figure.querySelector("svg");
    var count = s.m.length, at = count - 1, cursor = document.createElementNS(space, "line");
    cursor.setAttribute("class", "cursor");
    cursor.setAttribute("y1", s.y[0]);
    cursor.setAttribute("y2", s.y[1]);
    cursor.style.display = "none";
    svg.appendChild(cursor);
    svg.setAttribute("tabindex", "0");
    svg.setAttribute("role", "group");
    function show(i) {
      at = Math.max(0, Math.min(count - 1, i));
      var x = count > 1 ? s.x[0] + (s.x[1] - s.x[0]) * at / (count - 1) : s.x[0];
      var box = svg.getBoundingClientRect(), k = box.width / svg.viewBox.baseVal.width;
      cursor.setAttribute("x1", x);
      cursor.setAttribute("x2", x);
      cursor.style.display = "";
      tip.textContent = words(s, at);
      tip.hidden = false;
      tip.style.left = Math.max(4, Math.min(box.left + x * k + 10, innerWidth - tip.offsetWidth - 8)) + "px";
      tip.style.top = Math.max(4, box.top + s.y[0] * k) + "px";
    }
    function hide() { cursor.style.display = "none"; tip.hidden = true; }
    svg.addEventListener("pointermove", function (e) {
      var box = svg.getBoundingClientRect(), x = (e.clientX - box.left) * svg.viewBox.baseVal.width / box.width;
      show(Math.round((x - s.x[0]) / (s.x[1] - s.x[0]) * (count - 1)));
    });
    svg.addEventListener("pointerleave", hide);
    svg.addEventListener("focus", function () { show(at); });
    svg.addEventListener("blur", hide);
    svg.addEventListener("keydown", function (e) {
      var to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: count - 1 }[e.key];
      if (to !== undefined) { e.preventDefault(); show(to); }
    });
  });
  // Tables are made when they are opened: a long history is many rows.
  document.querySelectorAll("details[data-table]").forEach(function (d) {
    d.addEventListener("toggle", function () {
      if (!d.open || d.querySelector("table")) { return; }
      var s = data.series[+d.dataset.table], table = document.createElement("table");
      function row(cells, tag, parent) {
        var tr = document.createElement("tr");
        cells.forEach(function (text, i) {
          var c = document.createElement(tag);
          c.textContent = text;
          if (i) { c.className = "n"; }
          if (tag === "th") { c.scope = "col"; }
          tr.appendChild(c);
        });
        parent.appendChild(tr);
      }
      row(["run", "median", "low", "high", "n"], "th", table.createTHead());
      var body = table.createTBody();
      for (var i = s.m.length - 1; i >= 0; i--) {
        row(s.m[i] === null ? [run(i), "–", "", "", "0"]
          : [run(i), s.m[i] + s.u, bound(s, i, -1), bound(s, i, 1), s.n[i]], "td", body);
      }
      var scroll = document.createElement("div");
      scroll.className = "scroll";
      scroll.tabIndex = 0;
      scroll.appendChild(table);
      d.appendChild(scroll);
    });
  });
})();
