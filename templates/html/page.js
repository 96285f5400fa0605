"use strict";
(() => {
  const words = JSON.parse(document.body.dataset.words);
  const STEP = 100;
  const FEW = 5;
  const say = (text, ...values) => values.reduce((said, value) => said.replace("#", value), text);
  const make = (tag, props = {}, ...children) => {
    const node = Object.assign(document.createElement(tag), props);
    node.append(...children);
    return node;
  };

  const cellText = (cell) => {
    const first = cell.querySelector("details");
    if (!first) return cell.textContent.trim();
    let text = "";
    for (const node of cell.childNodes) if (node !== first) text += node.textContent;
    return text.trim();
  };
  const number = (text) => {
    const bare = text.replace(/[^\d.-]/g, "");
    return /\d/.test(bare) && /^[\s¥CN+-]*[\d,.]+/.test(text) ? Number(bare) : null;
  };
  const compare = (a, b) => {
    if (a === b) return 0;
    if (!a) return 1;
    if (!b) return -1;
    const x = number(a), y = number(b);
    if (x !== null && y !== null && !/\d-\d/.test(a)) return x - y;
    return a.localeCompare(b, document.documentElement.lang, { numeric: true });
  };

  class Grid {
    constructor(table) {
      this.table = table;
      this.body = table.tBodies[0];
      this.rows = [...this.body.rows];
      this.heads = [...table.tHead.rows[0].cells];
      this.limit = STEP;
      this.filters = [];
      this.query = "";
      this.build();
      this.show();
    }

    build() {
      this.search = make("input", { type: "search", placeholder: words.search });
      this.search.setAttribute("aria-label", `${words.search}: ${this.table.caption.textContent.trim()}`);
      this.search.addEventListener("input", () => { this.query = this.search.value.trim().toLowerCase(); this.show(); });
      this.filterButton = make("button", { type: "button", textContent: words.filter });
      this.filterButton.setAttribute("aria-expanded", "false");
      this.filterButton.addEventListener("click", () => this.toggleFilters());
      const copy = make("button", { type: "button", textContent: words.copy });
      copy.addEventListener("click", () => this.copy(copy));
      this.count = make("output");
      const tools = make("div", { className: "tools" }, this.search, this.filterButton, copy);
      if (this.body.querySelector("details")) tools.append(this.expander());
      tools.append(this.count);
      this.more = make("p", { className: "more" });
      const box = this.table.parentElement;
      if (this.rows.length > FEW) box.before(tools);
      box.after(this.more);
      this.heads.forEach((head, column) => {
        const button = make("button", { type: "button", title: words.sort }, ...head.childNodes);
        button.addEventListener("click", () => this.sort(column));
        head.append(button);
      });
    }

    expander() {
      const button = make("button", { type: "button", textContent: words.expand });
      let open = false;
      button.addEventListener("click", () => {
        open = !open;
        for (const row of this.rows) if (!row.hidden && !row.classList.contains("away")) row.querySelectorAll("details").forEach((d) => { d.open = open; });
        button.textContent = open ? words.collapse : words.expand;
      });
      return button;
    }

    text(row, column) {
      const cell = row.cells[column];
      return cell ? cellText(cell) : "";
    }

    toggleFilters() {
      if (!this.filterRow) this.buildFilters();
      else this.filterRow.hidden = !this.filterRow.hidden;
      this.filterButton.setAttribute("aria-expanded", String(!this.filterRow.hidden));
    }

    buildFilters() {
      this.filterRow = make("tr", { className: "filters" });
      this.heads.forEach((head, column) => {
        const values = new Set();
        for (const row of this.rows) { values.add(this.text(row, column)); if (values.size > 24) break; }
        const choice = values.size <= 24;
        const field = make(choice ? "select" : "input");
        field.setAttribute("aria-label", `${words.filter}: ${head.textContent.trim()}`);
        if (choice) {
          field.append(make("option", { value: "", textContent: words.all }));
          [...values].filter(Boolean).sort(compare).forEach((value) => field.append(make("option", { value, textContent: value })));
        }
        field.addEventListener(choice ? "change" : "input", () => { this.filters[column] = { value: field.value, whole: choice }; this.show(); });
        this.filterRow.append(make("th", { scope: "col" }, field));
      });
      this.table.tHead.append(this.filterRow);
    }

    matches(row) {
      if (this.query && !row.textContent.toLowerCase().includes(this.query)) return false;
      return this.filters.every((filter, column) => {
        if (!filter || !filter.value) return true;
        const text = this.text(row, column);
        return filter.whole ? text === filter.value : text.toLowerCase().includes(filter.value.toLowerCase());
      });
    }

    sort(column) {
      const head = this.heads[column];
      const down = head.getAttribute("aria-sort") === "ascending";
      this.heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const keyed = this.rows.map((row, place) => [this.text(row, column), place, row]);
      keyed.sort((a, b) => (a[0] && b[0] && down ? compare(b[0], a[0]) : compare(a[0], b[0])) || a[1] - b[1]);
      this.rows = keyed.map((entry) => entry[2]);
      this.body.append(...this.rows);
      this.show();
    }

    show() {
      let found = 0;
      for (const row of this.rows) {
        const fits = this.matches(row);
        if (row.hidden === fits) row.hidden = !fits;
        if (fits) found += 1;
        row.classList.toggle("away", fits && found > this.limit);
      }
      this.count.textContent = found ? say(words.shown, Math.min(found, this.limit), found) : words.none;
      this.more.replaceChildren();
      if (found > this.limit) this.offerMore(found);
    }

    offerMore(found) {
      const next = Math.min(STEP, found - this.limit);
      for (const [text, limit] of [[say(words.more, next), this.limit + STEP], [words.everything, Infinity]]) {
        const button = make("button", { type: "button", textContent: text });
        button.addEventListener("click", () => { this.limit = limit; this.show(); });
        this.more.append(button, " ");
      }
    }

    reveal(row) {
      if (!row.classList.contains("away") && !row.hidden) return;
      this.query = this.search.value = "";
      this.filters = [];
      this.limit = Infinity;
      this.show();
    }

    async copy(button) {
      const lines = [this.heads.map((head) => head.textContent.trim())];
      for (const row of this.rows) if (!row.hidden) lines.push([...row.cells].map((cell) => cellText(cell).replace(/\s+/g, " ")));
      const text = lines.map((line) => line.join("\t")).join("\n");
      try {
        await navigator.clipboard.writeText(text);
      } catch {
        const area = make("textarea", { value: text });
        document.body.append(area);
        area.select();
        document.execCommand("copy");
        area.remove();
      }
      button.textContent = words.copied;
      setTimeout(() => { button.textContent = words.copy; }, 1500);
    }
  }

  const grids = new Map();
  document.querySelectorAll("table[data-table]").forEach((table) => {
    if (table.tBodies[0].rows.length > 1) grids.set(table, new Grid(table));
  });

  document.addEventListener("toggle", (event) => {
    const details = event.target;
    if (!details.open || !details.dataset.c || details.dataset.filled) return;
    details.dataset.filled = "1";
    const entry = document.getElementById(`c-${details.dataset.c}`);
    if (!entry) return;
    const copy = make("div", { className: "said" }, ...entry.cloneNode(true).childNodes);
    copy.querySelectorAll(".values").forEach((values) => {
      if (values.id === `v-${details.dataset.v}`) values.removeAttribute("id");
      else values.remove();
    });
    copy.querySelectorAll("h3").forEach((head) => head.replaceWith(make("p", {}, make("b", { textContent: head.textContent }))));
    for (const code of new Set(details.textContent.match(/\bG\d{1,2}\b/g))) {
      const term = document.getElementById(code);
      if (term) copy.append(make("p", {}, make("b", { textContent: code }), ` ${term.nextElementSibling.textContent}`));
    }
    details.append(copy);
  }, true);

  document.documentElement.classList.remove("reading");

  const goTo = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const grid = target && grids.get(target.closest("table"));
    if (!grid || target.tagName !== "TR") return;
    grid.reveal(target);
    target.querySelectorAll("details").forEach((details) => { details.open = true; });
    target.scrollIntoView({ block: "center" });
  };
  addEventListener("hashchange", goTo);
  goTo();

  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("figure details:not([open]), section > details:not([open])")];
    opened.forEach((details) => { details.open = true; });
  });
  addEventListener("afterprint", () => opened.forEach((details) => { details.open = false; }));

  // A box that scrolls sideways can be reached by keyboard. On a big page only what comes into view is laid out.
  const makeReachable = (box) => {
    if (box.scrollWidth <= box.clientWidth) return;
    box.tabIndex = 0;
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", box.querySelector("caption").textContent.trim());
  };
  const boxes = document.querySelectorAll(".box");
  if (document.body.classList.contains("big")) {
    const seen = new IntersectionObserver((entries) => entries.filter((entry) => entry.isIntersecting).forEach((entry) => makeReachable(entry.target)));
    boxes.forEach((box) => seen.observe(box));
  } else {
    boxes.forEach(makeReachable);
  }
  document.documentElement.classList.add("ready");
})();
