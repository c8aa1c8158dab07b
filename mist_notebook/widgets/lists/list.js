// A list of rows to pick from. What has the focus carries the attribute by which JupyterLab leaves its keys alone.
// After which letters begin another word
const PAUSE_MS = 800;

function make(tag, css, more = {}) {
  const node = document.createElement(tag);
  node.className = css;
  for (const [name, value] of Object.entries(more)) node.setAttribute(name, value);
  return node;
}

function render({ model, el }) {
  const head = make("div", "mist-list-row mist-list-head");
  const box = make("div", "mist-list-box", { role: "listbox", tabindex: "0", "data-lm-suppress-shortcuts": "true" });
  const own = `mist-${Math.random().toString(36).slice(2)}`;
  let options = [], typed = "", typedAt = 0;
  el.classList.add("jupyter-widgets", "mist-list");
  el.append(head, box);

  const cells = (row, label, titles) => {
    label.split("\t").forEach((text, place) => {
      const [, kind = "", unit = ""] = titles[place] ?? [];
      const cell = make("span", `mist-cell ${kind}`);
      cell.textContent = text;
      if (unit && text.trim()) cell.dataset.unit = unit;
      if (kind === "place") cell.title = text;
      row.append(cell);
    });
    return row;
  };
  const titled = ".words, .less, .mist-list-plain .mist-cell";
  const picked = () => model.get("index") ?? -1;
  const mark = (isSeen = true) => {
    const at = picked();
    options.forEach((row, place) => row.setAttribute("aria-selected", String(place === at)));
    if (options[at]) {
      box.setAttribute("aria-activedescendant", options[at].id);
      if (isSeen) seen(options[at]);
    } else box.removeAttribute("aria-activedescendant");
  };
  // Within the list alone: the page doesn't move
  const seen = (row) => {
    const top = row.offsetTop, bottom = top + row.offsetHeight;
    if (top < box.scrollTop) box.scrollTop = top;
    else if (bottom > box.scrollTop + box.clientHeight) box.scrollTop = bottom - box.clientHeight;
  };
  const fill = () => {
    const labels = model.get("_options_labels"), titles = model.get("columns"), isOff = model.get("disabled");
    const groups = new Map(model.get("groups").map(([place, ...rest], at) => [place, [...rest, at]]));
    const from = box.scrollTop;
    head.replaceChildren(...cells(make("div", ""), titles.map(([title]) => title).join("\t"), titles).childNodes);
    titles.forEach(([title, , , order], place) => {
      if (!order) return;
      const button = make("button", "mist-sort", { "aria-label": `Sort by ${title}`, "data-order": order });
      button.textContent = title;
      button.onclick = () => model.send({ event: "sort", column: place });
      head.children[place].replaceChildren(button);
    });
    head.ariaHidden = String(!titles.some((title) => title[3]));
    head.hidden = !titles.some(([title]) => title);
    el.classList.toggle("mist-list-plain", !titles.length);
    const wide = { words: "minmax(112px, 1fr)", less: "fit-content(240px)", place: "minmax(144px, 1.5fr)" };
    const widths = titles.map(([, kind]) => wide[kind] ?? "max-content");
    el.style.setProperty("--mist-columns", widths.join(" ") || "1fr");
    let within = box;
    box.replaceChildren();
    options = labels.map((label, place) => {
      if (groups.has(place)) {
        const [name, ...more] = groups.get(place), group = more.pop();
        within = make("div", "mist-list-group", { role: "group", "aria-label": name });
        const title = make("div", "mist-list-title", { "aria-hidden": "true" });
        title.textContent = name;
        // For a mouse; by keys the control beside the list does the same
        if (more.length) {
          const does = Object.assign(make("span", "mist-list-unfold"), { textContent: more[0] });
          does.onclick = () => model.send({ event: "unfold", group });
          title.append(does);
        }
        within.append(title);
        box.append(within);
      }
      const row = make("div", "mist-list-row", { role: "option", id: `${own}-${place}` });
      if (isOff) row.setAttribute("aria-disabled", "true");
      within.append(cells(row, label, titles));
      return row;
    });
    box.setAttribute("aria-label", model.get("description"));
    box.setAttribute("aria-disabled", String(isOff));
    box.style.setProperty("--mist-rows", model.get("rows"));
    box.scrollTop = from;
    mark();
  };
  const pick = (place) => {
    const at = Math.max(0, Math.min(place, options.length - 1));
    if (model.get("disabled") || !options.length || at === picked()) return;
    // Which rows these are: others may be on their way
    model.set({ index: at, seen: model.get("stamp") });
    model.save_changes();
  };
  const find = (letter) => {
    const now = Date.now();
    typed = (now - typedAt < PAUSE_MS ? typed : "") + letter.toLowerCase();
    typedAt = now;
    const same = [...typed].every((one) => one === typed[0]), word = same ? typed[0] : typed;
    const start = Math.max(picked(), 0) + (same ? (picked() < 0 ? 0 : 1) : 0);
    for (let step = 0; step < options.length; step += 1) {
      const place = (start + step) % options.length;
      const words = [...options[place].querySelectorAll(titled)].map((cell) => cell.textContent.trim().toLowerCase());
      if (words.some((text) => text.startsWith(word))) return pick(place);
    }
  };
  box.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, model.get("rows") - 1), at = picked();
    const to = { ArrowDown: at + 1, ArrowUp: at < 0 ? options.length - 1 : at - 1, Home: 0, End: options.length - 1,
      PageDown: at + page, PageUp: at - page }[event.key];
    if (to !== undefined) {
      typed = "";
      pick(to);
    } else if (event.key === "Enter" && !event.shiftKey) model.send({ event: "submit" });
    else if (event.key === "Escape") model.send({ event: "leave" });
    else if (event.key.length === 1 && (event.key !== " " || typed)) find(event.key);
    else return;
    event.preventDefault();
  });
  // Not click: the rows may be others when the button comes up
  box.addEventListener("mousedown", (event) => {
    if (event.button) return;
    const place = options.indexOf(event.target.closest("[role=option]"));
    if (place >= 0) pick(place);
  });
  box.addEventListener("dblclick", () => model.send({ event: "submit" }));
  const custom = (said) => said?.do === "focus" && box.focus();
  let due = false;
  const soon = () => {
    if (due) return;
    due = true;
    queueMicrotask(() => { due = false; fill(); });
  };
  for (const name of ["_options_labels", "columns", "groups", "disabled", "description", "rows"]) {
    model.on(`change:${name}`, soon);
  }
  model.on("change:index", () => mark());
  model.on("msg:custom", custom);
  fill();
}

export default { render };
