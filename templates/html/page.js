"use strict";
(() => {
  const root = document.documentElement;
  const words = JSON.parse(document.body.dataset.words);
  const STEP = 50, TOP = 6, PAID = new Set(["final", "confirmed"]);
  const say = (text, ...values) => values.reduce((said, value) => said.replace("#", value), text);
  const make = (tag, props = {}, ...children) => {
    const node = Object.assign(document.createElement(tag), props);
    node.append(...children);
    return node;
  };
  const each = (selector, act, within = document) => within.querySelectorAll(selector).forEach(act);
  const language = root.lang;
  const money = (fen) => `${fen < 0 ? "-" : ""}${language.startsWith("zh") ? "¥" : "CN¥"}${(Math.abs(fen) / 100).toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
  const monthName = (month, long) => new Intl.DateTimeFormat(language, long ? { year: "numeric", month: "long" } : { month: "short" }).format(new Date(`${month}-15T12:00:00`));
  const shift = (month, by) => {
    const count = Number(month.slice(0, 4)) * 12 + Number(month.slice(5)) - 1 + by;
    return `${Math.floor(count / 12)}-${String((count % 12) + 1).padStart(2, "0")}`;
  };

  const unpack = async (element) => {
    if (element.type === "application/json") return JSON.parse(element.textContent);
    const bytes = Uint8Array.from(atob(element.textContent), (c) => c.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return JSON.parse(await new Response(stream).text());
  };

  // The rows of each month stand in an element of their own, so that a page can be made without those that stay as they are.
  const gather = async () => {
    const [data, ...pieces] = await Promise.all([document.getElementById("data"), ...document.querySelectorAll("script.rows")].map(unpack));
    data.rows = [...pieces.flat(), ...data.rows];
    for (const row of data.rows) row.push(...(data.changed[row[0]] || ["", ""]));
    return data;
  };

  const begin = (data) => {
    const at = Object.fromEntries(data.fields.map((name, place) => [name, place]));
    // What waits comes first, then the latest; a heading that is clicked orders otherwise.
    const waits = (row) => row[at.marks].includes("w");
    const rows = data.rows.sort((one, other) => waits(other) - waits(one) || (other[at.day] > one[at.day]) - (other[at.day] < one[at.day]));
    const byId = new Map(rows.map((row) => [row[at.id], row]));
    const bar = document.getElementById("bar");
    const state = { m: data.month, p: "", c: "", s: "", q: "" };
    const isGone = (row) => row[at.change] === "withdrawn";
    const who = (person) => `${(data.people[person] || [""])[0]} ${person}`.trim();

    // A value of null says that a thing has no month, person, clause or status: it shows whatever is picked.
    const fits = (month, person, clause, status) =>
      (state.m === "all" || month === null || month === state.m) &&
      (!state.p || person === null || person === state.p) &&
      (!state.c || clause === null || clause === state.c) &&
      (!state.s || status === null || status === state.s);
    const fitsRow = (row) => fits(row[at.month], row[at.person], row[at.clause], row[at.status]) && (!state.q || found(row));
    const found = (row) => `${row[at.text]} ${who(row[at.person])} ${row[at.clause]} ${row[at.id]} ${row[at.thing]} ${row[at.places].join(" ")}`.toLowerCase().includes(state.q);
    const belongs = (row, list) => {
      if (list === "changes") return row[at.change] !== "";
      if (isGone(row)) return false;
      return list === "waiting" ? waits(row) : row[at.family] === list;
    };

    // What is picked, sorted into lists once for everything that shows it.
    let picked = [], sizes = new Map();
    const pick = () => {
      picked = rows.filter(fitsRow);
      sizes = new Map();
      const add = (list) => sizes.set(list, (sizes.get(list) || 0) + 1);
      for (const row of picked) {
        if (row[at.change]) add("changes");
        if (isGone(row)) continue;
        add(row[at.family]);
        if (waits(row)) add("waiting");
      }
    };
    const chosen = (list) => picked.filter((row) => belongs(row, list));
    const size = (list) => sizes.get(list) || 0;

    // Figures

    const points = (list) => {
      const sums = { "-": {}, "+": {} };
      for (const [text, times] of list)
        for (const part of text.split("、"))
          for (const [, grade, count] of part.matchAll(/([ABC])(\d*)/g)) sums[part[0]][grade] = (sums[part[0]][grade] || 0) + Number(count || 1) * times;
      return ["-", "+"].map((sign) => {
        const said = [..."ABC"].filter((grade) => sums[sign][grade]).map((grade) => grade + sums[sign][grade]).join("");
        return said && sign + said;
      }).filter(Boolean).join(" ");
    };
    const T = { unit: 0, month: 1, person: 2, clause: 3, status: 4, marks: 5, count: 6, fen: 7, points: 8 };
    let months = new Map();
    const pickTallies = () => {
      months = new Map();
      for (const t of data.tallies) {
        if ((state.p && t[T.person] !== state.p) || (state.c && t[T.clause] !== state.c) || (state.s && t[T.status] !== state.s)) continue;
        if (!months.has(t[T.month])) months.set(t[T.month], []);
        months.get(t[T.month]).push(t);
      }
    };
    const tallies = (month) => (month === "all" ? data.months.flatMap((each) => months.get(each) || []) : months.get(month) || []);
    const sum = (list, mark, field) => list.reduce((total, t) => (t[T.marks].includes(mark) ? total + t[field] : total), 0);

    const showCards = () => {
      const here = tallies(state.m);
      const last = state.m === "all" ? data.months[data.months.length - 1] : state.m;
      const names = Array.from({ length: 12 }, (_, place) => shift(last, place - 11));
      const byMonth = names.map((month) => tallies(month));
      const before = shift(last, -1);
      for (const [mark, kind] of data.measures) {
        const card = document.querySelector(`[data-card="${mark}"]`);
        if (!card) continue;
        const field = kind === "money" ? T.fen : T.count;
        const lines = sum(here, mark, T.count);
        const blind = data.not_read && !lines;
        const value = kind === "count" ? lines.toLocaleString("en") : kind === "money" ? money(sum(here, mark, T.fen)) : points(here.filter((t) => t[T.marks].includes(mark) && t[T.points]).map((t) => [t[T.points], t[T.count]]));
        card.querySelector("strong").textContent = blind || !value ? "–" : value;
        card.classList.toggle("waits", mark === "w" && lines > 0);
        const details = [];
        if (blind) details.push(say(words.unknown, data.not_read));
        else {
          if (kind !== "count" && lines) details.push(say(words.lines, lines));
          if (state.m !== "all" && byMonth[10].length) {
            const now = Math.abs(sum(here, mark, field)), then = Math.abs(sum(byMonth[10], mark, field)), more = Math.abs(now - then);
            const told = kind === "money" ? money(more) : say(words.lines, more);
            details.push(now === then ? say(words.same_as, monthName(before)) : say(now > then ? words.more_than : words.less_than, monthName(before), told));
          }
          if (data.not_read && lines) details.push(say(words.also_unread, data.not_read));
        }
        card.querySelector(".detail").textContent = details.join(" · ");
        const values = byMonth.map((list) => sum(list, mark, field));
        const top = Math.max(...values.map(Math.abs)) || 1;
        const svg = card.querySelector("svg");
        svg.setAttribute("aria-label", `${words.months_line}：${names.map((month, place) => `${month} ${kind === "money" ? money(values[place]) : values[place]}`).join("，")}`);
        const columns = values.map((value, place) => `M${place * 10 + 1} 23h8v-${((22 * Math.abs(value)) / top + 1).toFixed(1)}h-8z`);
        svg.children[0].setAttribute("d", columns.slice(0, -1).join(""));
        svg.children[1].setAttribute("d", columns[11]);
      }
    };

    const showUnits = () => {
      const table = document.getElementById("t-units");
      if (!table) return;
      const here = tallies(state.m);
      for (const row of table.tBodies[0].rows) {
        const unsure = data.unsure.includes(row.cells[0].textContent.trim());
        const own = here.filter((t) => t[T.unit] === row.cells[0].textContent.trim());
        data.unit_marks.forEach((mark, place) => {
          const lines = sum(own, mark, T.count);
          row.cells[place + 2].textContent = unsure && !lines ? "–" : "fr".includes(mark) ? money(sum(own, mark, T.fen)) : lines.toLocaleString("en");
        });
      }
    };

    // Pictures

    const showPicture = (figure) => {
      const picture = data.pictures[figure.dataset.picture];
      const sums = new Map(), over = new Set();
      for (const [label, month, person, clause, status, value, beyond] of picture.bars) {
        if (!fits(month, person, clause, status)) continue;
        const known = sums.get(label) || 0;
        sums.set(label, picture.how === "largest" ? Math.max(known, value) : known + value);
        if (beyond) over.add(label);
      }
      let labels = [...sums.keys()];
      if (!picture.ordered) labels = labels.sort((a, b) => sums.get(b) - sums.get(a) || a.localeCompare(b, language));
      if (!labels.some((label) => sums.get(label))) labels = [];
      const shown = picture.ordered ? labels : labels.slice(0, TOP);
      const top = Math.max(...shown.map((label) => sums.get(label)), picture.limit || 0) || 1;
      const write = (value) => String(Math.round(value * 100) / 100);
      const bars = shown.map((label) => {
        const value = sums.get(label);
        const inner = make("i");
        inner.style.width = `${(100 * value) / top}%`;
        const isOver = over.has(label) || (picture.limit !== null && value > picture.limit);
        return make("li", { className: isOver ? "over" : "" }, make("span", { className: "t", textContent: label, title: label }), make("span", { className: "b" }, inner), make("span", { className: "v", textContent: write(value) }));
      });
      const rest = labels.slice(shown.length);
      if (rest.length) {
        const total = picture.how === "sum" ? write(rest.reduce((all, label) => all + sums.get(label), 0)) : "";
        bars.push(make("li", { className: "rest" }, make("span", { className: "t", textContent: say(words.rest, rest.length) }), make("span", { className: "b" }), make("span", { className: "v", textContent: total })));
      }
      figure.querySelector(".bars").replaceChildren(...bars);
      figure.querySelector(".none").hidden = bars.length > 0;
      figure.closest("section").classList.toggle("quiet", !bars.length && !size(figure.dataset.picture));
    };

    // Tables that the program drew, and the one of people, which has to count anew

    const showTable = (id, keyed) => {
      const table = document.getElementById(`t-${id}`);
      const html = keyed.filter(([m, p, c, s]) => fits(m, p, c, s)).map((row) => row[4]);
      table.tBodies[0].innerHTML = html.join("");
      table.closest(".box").hidden = !html.length;
    };
    const showPeople = () => {
      const table = document.getElementById("t-money-1");
      if (!table) return;
      const people = new Map();
      for (const row of picked) {
        if (isGone(row) || !row[at.person]) continue;
        if (row[at.fen] === null && !row[at.points] && !row[at.step]) continue;
        if (!people.has(row[at.person])) people.set(row[at.person], []);
        people.get(row[at.person]).push(row);
      }
      const heads = [...table.tHead.rows[0].cells].map((cell) => cell.textContent.trim());
      const paid = (list) => money(list.reduce((total, row) => total + (PAID.has(row[at.status]) ? row[at.fen] || 0 : 0), 0));
      const lines = [...people].sort().map(([person, own]) => {
        const fined = own.filter((row) => row[at.marks].includes("f")), praised = own.filter((row) => row[at.marks].includes("r"));
        const others = own.filter((row) => !row[at.marks].includes("f") && !row[at.marks].includes("r"));
        const steps = {};
        own.forEach((row) => { if (row[at.step]) steps[row[at.clause]] = Math.max(steps[row[at.clause]] || 0, row[at.step]); });
        const ladders = Object.keys(steps).sort().map((clause) => `${clause}${say(words.step, steps[clause])}`).join("、");
        const cells = [paid(fined), paid(praised), paid(others), points(own.filter((row) => row[at.points] && PAID.has(row[at.status])).map((row) => [row[at.points], 1])), String(own.filter((row) => row[at.marks].includes("w")).length), ladders];
        const head = make("th", {}, link(data.people[person][1], who(person)));
        return make("tr", {}, head, ...cells.map((text, place) => {
          const cell = make("td", { textContent: text, className: place < 3 || place === 4 ? "n" : "" });
          return cell;
        }));
      });
      table.tBodies[0].replaceChildren(...lines);
      table.closest(".box").hidden = !lines.length;
    };

    // Lists of decisions

    const link = (href, text) => (href ? make("a", { href, textContent: text }) : text);
    const badge = (kind, label) => make("span", { className: `st ${kind}`, textContent: label });
    const part = (title, texts) => {
      const list = make("ul", {}, ...texts.map((text) => make("li", {}, text)));
      return texts.length ? [make("h4", { textContent: title }), list] : [];
    };
    const explain = (details, row) => {
      if (details.dataset.filled) return;
      details.dataset.filled = "1";
      const counted = [...row[at.places]];
      if (row[at.readings].length) counted.push(words.readings + row[at.readings].join("、"));
      counted.push(...row[at.steps]);
      const clause = document.getElementById(`c-${row[at.clause]}`);
      const said = make("div", { className: "said" });
      if (clause) {
        const copy = make("div", {}, ...[...clause.cloneNode(true).childNodes]);
        each(".values", (values) => (values.id === `v-${row[at.values]}` ? values.removeAttribute("id") : values.remove()), copy);
        each("h3", (head) => head.replaceWith(make("p", {}, make("b", { textContent: head.textContent }))), copy);
        said.append(copy);
      }
      for (const code of row[at.readings]) {
        const term = document.getElementById(code);
        if (term) said.append(make("p", {}, make("b", { textContent: code }), ` ${term.nextElementSibling.textContent}`));
      }
      const others = row[at.candidates].map(([isChosen, person, reason]) => `${isChosen ? "✔" : "○"} ${person ? who(person) : ""} ${reason}`.trim());
      details.append(...part(words.counted, counted), said, ...part(words.others, others), ...part(words.differently, row[at.otherwise]), ...part(words.history, row[at.history]));
      const linked = row[at.linked];
      if (linked) details.append(make("p", {}, words.linked, link(byId.has(linked) ? `#d-${linked}` : data.links[linked], linked)));
      details.append(make("p", { className: "note", textContent: `${row[at.thing]} · ${row[at.id]}` }));
    };
    const draw = (row, list) => {
      const d = (name) => row[at[name]];
      const what = make("td", { className: "what" }, d("text"));
      const facts = [d("clause"), data.effects[d("effect")] || d("effect")];
      if (d("step")) facts.push(say(words.step, d("step")));
      if (!data.unit) facts.unshift(d("unit"));
      const note = make("p", { className: "note", textContent: `${facts.join(" · ")} ` });
      if (list === "changes" && d("before")) note.append(`· ${words.before}${d("before")}`);
      const details = make("details", {}, make("summary", { textContent: words.why }));
      details.addEventListener("toggle", () => explain(details, row));
      what.append(note, details);
      const amount = [d("fen") === null ? "" : money(d("fen")), d("points")].filter(Boolean).join(" ");
      const status = list === "changes" ? [badge(d("change"), data.changes[d("change")]), " "] : [];
      if (!isGone(row)) status.push(badge(d("status"), data.statuses[d("status")] || d("status")));
      const line = make("tr", {}, make("th", { textContent: d("day") }), make("td", { className: "who" }, link((data.people[d("person")] || [])[1], who(d("person")))), what, make("td", { className: "n", textContent: amount }), make("td", { className: "state" }, ...status));
      line.dataset.id = d("id");
      return line;
    };

    const SORT = ["day", "person", "text", "fen", "status"];
    class List {
      constructor(box) {
        this.box = box;
        this.name = box.dataset.list;
        this.limit = STEP;
        this.sorted = null;
        this.isStale = true;
        const heads = [words.day, words.person, words.what, words.amount, words.status].map((text, place) => {
          const button = make("button", { type: "button", title: words.sort, textContent: text });
          button.addEventListener("click", () => this.sort(place));
          return make("th", { className: place === 3 ? "n" : "" }, button);
        });
        this.heads = heads;
        this.body = make("tbody");
        this.count = make("output");
        const copy = make("button", { type: "button", textContent: words.copy });
        copy.addEventListener("click", () => this.copy(copy));
        this.more = make("p", { className: "more" });
        const table = make("table", { className: "dec" }, make("caption", { className: "hidden", textContent: box.dataset.title }), make("thead", {}, make("tr", {}, ...heads)), this.body);
        box.append(make("div", { className: "tools" }, this.count, copy), make("div", { className: "box" }, table), this.more);
      }

      sort(place) {
        const down = this.heads[place].getAttribute("aria-sort") === "ascending";
        this.heads.forEach((head) => head.removeAttribute("aria-sort"));
        this.heads[place].setAttribute("aria-sort", down ? "descending" : "ascending");
        this.sorted = { field: at[SORT[place]], down };
        this.show();
      }

      order(list) {
        if (!this.sorted) return list;
        const { field, down } = this.sorted;
        const empty = (value) => value === null || value === "";
        return [...list].sort((one, other) => {
          const a = one[field], b = other[field];
          if (empty(a) || empty(b)) return empty(a) - empty(b);
          const order = typeof a === "number" ? a - b : a.localeCompare(b, language, { numeric: true });
          return down ? -order : order;
        });
      }

      show() {
        this.isStale = false;
        this.rows = this.order(chosen(this.name));
        const shown = this.rows.slice(0, this.limit);
        this.body.replaceChildren(...shown.map((row) => draw(row, this.name)));
        this.count.textContent = this.rows.length ? say(words.shown, shown.length, this.rows.length) : words.none;
        this.box.querySelector("table").hidden = !this.rows.length;
        this.more.replaceChildren();
        const left = this.rows.length - shown.length;
        if (!left) return;
        for (const [text, limit] of [[say(words.more, Math.min(STEP, left)), this.limit + STEP], [words.everything, Infinity]]) {
          const button = make("button", { type: "button", textContent: text });
          button.addEventListener("click", () => { this.limit = limit; this.show(); });
          this.more.append(button, " ");
        }
      }

      reveal(id) {
        this.limit = Math.max(this.limit, this.rows.findIndex((row) => row[at.id] === id) + 1);
        this.show();
        const line = this.body.querySelector(`[data-id="${CSS.escape(id)}"]`);
        line.classList.add("target");
        line.querySelector("details").open = true;
        line.scrollIntoView({ block: "center" });
      }

      spread() {
        this.limit = Infinity;
        this.show();
        [...this.body.rows].forEach((line, place) => {
          const details = line.querySelector("details");
          explain(details, this.rows[place]);
          details.open = true;
        });
      }

      async copy(button) {
        const lines = [this.heads.map((head) => head.textContent), ...this.rows.map((row) => [row[at.day], who(row[at.person]), row[at.text], [row[at.fen] === null ? "" : (row[at.fen] / 100).toFixed(2), row[at.points]].filter(Boolean).join(" "), data.statuses[row[at.status]]])];
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

    const lists = new Map();
    const listOf = (box) => {
      if (!lists.has(box)) lists.set(box, new List(box));
      return lists.get(box);
    };
    const fill = (details) => each(".list", (box) => { if (listOf(box).isStale) listOf(box).show(); }, details);
    each("details", (details) => details.addEventListener("toggle", () => { if (details.open) fill(details); }));

    // The bar, the address, and what is shown

    const options = () => {
      const counts = { p: {}, c: {}, s: {} };
      for (const t of data.tallies) {
        for (const [key, place] of [["p", T.person], ["c", T.clause], ["s", T.status]]) if (t[place]) counts[key][t[place]] = true;
      }
      const fillSelect = (name, entries) => {
        const field = bar.elements[name];
        if (field) field.replaceChildren(...entries.map(([value, text]) => make("option", { value, textContent: text })));
      };
      const all = ["", words.everyone];
      fillSelect("m", [...[...data.months].reverse().map((month) => [month, monthName(month, true)]), ["all", words.all_months]]);
      fillSelect("p", [all, ...Object.keys(data.people).filter((person) => counts.p[person]).map((person) => [person, who(person)])]);
      fillSelect("c", [all, ...Object.keys(data.clauses).filter((clause) => counts.c[clause]).map((clause) => [clause, `${clause} ${data.clauses[clause]}`])]);
      fillSelect("s", [all, ...Object.keys(data.statuses).filter((status) => counts.s[status]).map((status) => [status, data.statuses[status]])]);
    };
    const show = () => {
      for (const name of ["m", "p", "c", "s", "q"]) if (bar.elements[name]) bar.elements[name].value = state[name];
      const heading = document.getElementById("h-month");
      heading.textContent = state.m === "all" ? words.all_months : monthName(state.m, true);
      pick();
      pickTallies();
      showCards();
      showUnits();
      each("[data-picture]", showPicture);
      for (const id of Object.keys(data.tables)) if (id !== "money-1") showTable(id, data.tables[id]);
      showPeople();
      each("[data-count]", (count) => {
        count.textContent = size(count.dataset.count).toLocaleString("en");
      });
      for (const list of lists.values()) {
        list.limit = STEP;
        list.isStale = true;
        if (list.box.closest("details").open) list.show();
      }
      root.dataset.shown = location.hash;
    };
    const address = () => {
      const parts = [`m=${state.m}`];
      for (const name of ["p", "c", "s", "q"]) if (state[name]) parts.push(`${name}=${encodeURIComponent(state[name])}`);
      return `#${parts.join("&")}`;
    };
    const changed = () => {
      for (const name of ["m", "p", "c", "s"]) if (bar.elements[name]) state[name] = bar.elements[name].value;
      state.q = bar.elements.q.value.trim().toLowerCase();
      history.replaceState(null, "", address());
      show();
    };
    const reset = () => Object.assign(state, { m: data.month, p: "", c: "", s: "", q: "" });
    const openDecision = (id) => {
      const row = byId.get(id);
      if (!fitsRow(row)) {
        reset();
        state.m = row[at.month];
        show();
      }
      const box = document.querySelector(`[data-list="${isGone(row) ? "changes" : row[at.family]}"]`) || document.querySelector(`[data-list="${row[at.change] ? "changes" : "waiting"}"], [data-list="all"]`);
      for (let outer = box.closest("details"); outer; outer = outer.parentElement.closest("details")) outer.open = true;
      listOf(box).show();
      listOf(box).reveal(id);
    };
    const go = () => {
      const hash = decodeURIComponent(location.hash.slice(1));
      if (hash.startsWith("d-") && byId.has(hash.slice(2))) {
        if (!root.dataset.ready) show();
        openDecision(hash.slice(2));
        return;
      }
      if (hash.includes("=")) {
        reset();
        for (const [name, value] of new URLSearchParams(location.hash.slice(1))) if (name in state) state[name] = name === "q" ? value.toLowerCase() : value;
        if (state.m !== "all" && !data.months.includes(state.m)) state.m = data.month;
        show();
        return;
      }
      if (!root.dataset.ready) show();
      const target = hash && document.getElementById(hash);
      if (!target) return;
      const list = target.querySelector(".list");
      if (list && state.m !== "all" && !size(list.dataset.list)) {
        state.m = "all";
        show();
      }
      if (target.tagName === "DETAILS") target.open = true;
      for (let outer = target.parentElement.closest("details"); outer; outer = outer.parentElement.closest("details")) outer.open = true;
      target.scrollIntoView();
    };

    bar.addEventListener("submit", (event) => event.preventDefault());
    each("select", (field) => field.addEventListener("change", changed), bar);
    bar.elements.q.addEventListener("input", changed);
    bar.addEventListener("reset", (event) => {
      event.preventDefault();
      reset();
      history.replaceState(null, "", location.pathname);
      show();
    });
    bar.elements.all.addEventListener("click", () => {
      if (!location.hash.includes("=") && data.months.length > 1) {
        state.m = "all";
        history.replaceState(null, "", address());
        show();
      }
      each("main details", (details) => { details.open = true; });
      each(".family .list", (box) => listOf(box).spread());
      bar.elements.print.hidden = false;
    });
    bar.elements.print.addEventListener("click", () => print());
    document.addEventListener("click", (event) => {
      const anchor = event.target.closest("a[href*='#d-']");
      const id = anchor && decodeURIComponent(anchor.hash.slice(3));
      if (!id || !byId.has(id)) return;
      event.preventDefault();
      history.pushState(null, "", `#d-${encodeURIComponent(id)}`);
      openDecision(id);
    });
    addEventListener("hashchange", go);
    addEventListener("popstate", go);
    options();
    bar.hidden = false;
    go();
    root.dataset.ready = "1";
    performance.mark("ready");
    root.classList.add("ready");
  };

  gather().then(begin).catch((error) => {
    if (typeof DecompressionStream === "undefined") document.getElementById("main").prepend(make("p", { className: "grave", textContent: words.too_old }));
    else throw error;
  });
})();
