(function () {
  "use strict";
  // Tables sort by a click on a heading: numbers by data-v, else by text.
  function key(row, i) {
    var cell = row.cells[i], v = cell.getAttribute("data-v");
    return v === null ? cell.textContent : v === "" ? NaN : +v;
  }
  function compare(a, b) {
    if (typeof a === "number") {
      if (a !== a) { return b !== b ? 0 : 1; }
      return b !== b ? -1 : a - b;
    }
    return a < b ? -1 : a > b ? 1 : 0;
  }
  function sort(th) {
    var body = th.closest("table").tBodies[0], i = th.cellIndex;
    var down = th.getAttribute("aria-sort") === "ascending";
    var rows = Array.prototype.slice.call(body.rows).map(function (r, n) {
      return { r: r, k: key(r, i), n: n };
    });
    rows.sort(function (a, b) { return (down ? -1 : 1) * compare(a.k, b.k) || a.n - b.n; });
    rows.forEach(function (x) { body.appendChild(x.r); });
    th.parentNode.querySelectorAll("th").forEach(function (o) { o.removeAttribute("aria-sort"); });
    th.setAttribute("aria-sort", down ? "descending" : "ascending");
  }
  document.querySelectorAll("table.sort th").forEach(function (th) {
    var b = document.createElement("button");
    b.textContent = th.textContent;
    th.textContent = "";
    th.appendChild(b);
    b.addEventListener("click", function () { sort(th); });
  });
  // Filters; their state is in the address, so that a view can be shared.
  var tools = document.querySelectorAll("[data-filter]");
  function apply() {
    var want = [];
    tools.forEach(function (t) { if (t.value) { want.push([t.dataset.filter, t.value]); } });
    document.querySelectorAll("[data-row]").forEach(function (row) {
      row.hidden = !want.every(function (w) {
        var v = row.getAttribute("data-" + w[0]) || "";
        return w[0] === "name" ? v.toLowerCase().indexOf(w[1].toLowerCase()) >= 0 : v === w[1];
      });
    });
    var n = document.querySelectorAll("tr[data-row]:not([hidden])").length;
    document.querySelectorAll("[data-count]").forEach(function (c) { c.textContent = n + " shown"; });
    var hash = want.map(function (w) { return w[0] + "=" + encodeURIComponent(w[1]); }).join("&");
    if (hash || location.hash.indexOf("=") > 0) {
      history.replaceState(null, "", "#" + hash);
    }
  }
  function restore() {
    location.hash.slice(1).split("&").forEach(function (part) {
      var at = part.indexOf("=");
      tools.forEach(function (t) {
        if (at > 0 && t.dataset.filter === part.slice(0, at)) {
          try { t.value = decodeURIComponent(part.slice(at + 1)); } catch (e) { t.value = ""; }
        }
      });
    });
    if (tools.length) { apply(); }
  }
  tools.forEach(function (t) { t.addEventListener("input", apply); });
  window.addEventListener("hashchange", restore);
  restore();
  // What scrolls sideways can be reached by the tab key.
  function reach() {
    document.querySelectorAll("figure, .scroll").forEach(function (e) {
      if (e.querySelector("a, button, [tabindex]")) { return; }
      if (e.scrollWidth > e.clientWidth) { e.tabIndex = 0; } else { e.removeAttribute("tabindex"); }
    });
  }
  window.addEventListener("resize", reach);
  window.addEventListener("load", reach);
  // Marks of a chart show their title under the pointer and on focus.
  var tip = document.createElement("div");
  tip.className = "tip";
  tip.setAttribute("role", "status");
  tip.hidden = true;
  document.body.appendChild(tip);
  function show(mark, x, y) {
    tip.textContent = mark.getAttribute("aria-label");
    tip.hidden = false;
    tip.style.left = Math.max(4, Math.min(x + 12, innerWidth - tip.offsetWidth - 8)) + "px";
    tip.style.top = Math.max(4, y - tip.offsetHeight - 10) + "px";
  }
  function marked(e) { return e.target.closest ? e.target.closest("g.mark") : null; }
  document.querySelectorAll("g.mark").forEach(function (g) {
    var title = g.querySelector("title");
    if (!title) { return; }
    g.setAttribute("aria-label", title.textContent);
    g.setAttribute("role", "img");
    title.remove();
  });
  document.querySelectorAll("svg").forEach(function (svg) {
    var marks = svg.querySelectorAll("g.mark"), at = 0;
    if (!marks.length) { return; }
    // One stop for the tab key per chart; arrows move between its marks.
    marks.forEach(function (g, i) { g.setAttribute("tabindex", i ? "-1" : "0"); });
    svg.setAttribute("role", "group");
    svg.addEventListener("keydown", function (e) {
      var step = e.key === "ArrowRight" || e.key === "ArrowDown" ? 1
        : e.key === "ArrowLeft" || e.key === "ArrowUp" ? -1 : 0;
      if (!step) { return; }
      e.preventDefault();
      marks[at].setAttribute("tabindex", "-1");
      at = Math.max(0, Math.min(marks.length - 1, at + step));
      marks[at].setAttribute("tabindex", "0");
      marks[at].focus();
    });
    svg.addEventListener("focusin", function (e) {
      var g = marked(e);
      if (g) {
        var box = g.getBoundingClientRect();
        at = Array.prototype.indexOf.call(marks, g);
        show(g, box.left + box.width / 2, box.top);
      }
    });
    svg.addEventListener("focusout", function () { tip.hidden = true; });
    svg.addEventListener("pointermove", function (e) {
      var g = marked(e);
      if (g) { show(g, e.clientX, e.clientY); } else { tip.hidden = true; }
    });
    svg.addEventListener("pointerleave", function () { tip.hidden = true; });
  });
})();
