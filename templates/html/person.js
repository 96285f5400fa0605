"use strict";
(() => {
  const bar = document.getElementById("bar");
  const names = ["m", "c", "s"];
  const first = bar.elements.m.value;
  const each = (selector, act) => document.querySelectorAll(selector).forEach(act);
  const fits = (keys, { m, c, s }) => (m === "all" || !keys.m || keys.m === m) && (!c || !keys.c || keys.c === c) && (!s || !keys.s || keys.s === s);
  const keysOf = (row) => ({ m: row.closest(".month").dataset.m, c: row.querySelector(".note a").textContent, s: row.querySelector(".st").classList[1] });
  const show = () => {
    const picked = Object.fromEntries(names.map((name) => [name, bar.elements[name].value]));
    each(".month tbody tr", (row) => { row.hidden = !fits(keysOf(row), picked); });
    each(".month", (month) => { month.hidden = !fits({ m: month.dataset.m }, picked) || !month.querySelector("tbody tr:not([hidden])"); });
    each(".sums", (sums) => { sums.hidden = Boolean(picked.c || picked.s); });
  };
  const keep = () => {
    const parts = names.filter((name) => bar.elements[name].value).map((name) => `${name}=${encodeURIComponent(bar.elements[name].value)}`);
    history.replaceState(null, "", `#${parts.join("&")}`);
    show();
  };
  const go = () => {
    const hash = decodeURIComponent(location.hash.slice(1));
    const target = hash && !hash.includes("=") && document.getElementById(hash);
    const row = target && target.closest(".month tbody tr");
    if (row) {
      bar.elements.m.value = keysOf(row).m;
      bar.elements.c.value = bar.elements.s.value = "";
    } else if (hash.includes("=")) {
      const asked = new URLSearchParams(location.hash.slice(1));
      for (const name of names) bar.elements[name].value = asked.get(name) || "";
      if (!bar.elements.m.value) bar.elements.m.value = first;
    }
    show();
    if (!target) return;
    for (let outer = target.closest("details"); outer; outer = outer.parentElement.closest("details")) outer.open = true;
    target.querySelectorAll("details").forEach((details) => { details.open = true; });
    target.scrollIntoView();
  };
  each("select", (field) => field.addEventListener("change", keep));
  bar.addEventListener("submit", (event) => event.preventDefault());
  bar.addEventListener("reset", () => setTimeout(keep));
  bar.elements.all.addEventListener("click", () => {
    if (!location.hash.includes("=")) {
      bar.elements.m.value = "all";
      keep();
    }
    each("main details", (details) => { details.open = true; });
    bar.elements.print.hidden = false;
  });
  bar.elements.print.addEventListener("click", () => print());
  addEventListener("hashchange", go);
  bar.hidden = false;
  go();
  document.documentElement.classList.add("ready");
})();
