"use strict";
const DATA = JSON.parse(document.getElementById("data").textContent);
const SHOWN = 200, MARKS = 1500, WIDE = 640, HIGH = 420, EDGE = { left: 64, right: 14, top: 14, bottom: 44 };
const $ = (id) => document.getElementById(id);
const make = (tag, more = {}, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(more)) name in node ? (node[name] = value) : node.setAttribute(name, value);
  node.append(...children);
  return node;
};
const columns = DATA.columns.map((column) => ({
  ...column,
  at: column.words ? (row) => column.words[column.values[row]] ?? null : (row) => column.values[row],
}));
const named = Object.fromEntries(columns.map((column) => [column.name, column]));
const rows = Array.from({ length: DATA.rows }, (_, row) => row);
let order = { column: named.price_hourly ?? columns[0], down: false }, shown = SHOWN, picked = null;

const figure = (value, column) => {
  if (value === null || value === undefined) return column.money ? "unknown" : "–";
  if (column.kind !== "figure") return String(value);
  const digits = column.money ? (Math.abs(value) < 10 ? 4 : 2) : Number.isInteger(value) ? 0 : 2;
  return value.toLocaleString("en", { minimumFractionDigits: column.money ? digits : 0, maximumFractionDigits: digits });
};

// ---------------------------------------------------------------------------------------------------- the filters
const form = $("filters"), tests = [];
const field = (title, input) => {
  form.append(make("label", {}, title, input));
  input.addEventListener("input", () => { shown = SHOWN; draw(); });
  return input;
};
const search = field("Name contains", make("input", { type: "search", placeholder: "such as c7g" }));
const texts = ["id", "name", "family", "gpu_name"].filter((name) => named[name]).map((name) => named[name]);
const all = texts.length ? texts : columns.filter((column) => column.kind === "text");
tests.push((row) => {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  return words.every((word) => all.some((column) => String(column.at(row) ?? "").toLowerCase().includes(word)));
});
const bound = (name, title, isLeast) => {
  const column = named[name];
  if (!column) return;
  const input = field(title, make("input", { type: "number", min: "0", step: "any" }));
  tests.push((row) => {
    if (input.value === "") return true;
    const value = column.at(row);
    return value !== null && (isLeast ? value >= Number(input.value) : value <= Number(input.value));
  });
};
bound("vcpus", "vCPUs, at least", true);
bound("ram_gb", "RAM GB, at least", true);
bound("gpus", "GPUs, at least", true);
bound("price_hourly", "price an hour, at most", false);
const choice = (name, title) => {
  const column = named[name];
  const words = column?.words ? [...new Set(column.values)].map((code) => column.words[code]).filter(Boolean).sort() : [];
  if (words.length < 2 || words.length > 400) return;
  const list = field(title, make("select", {}, make("option", { value: "", textContent: "any" }),
    ...words.map((word) => make("option", { value: word, textContent: word }))));
  tests.push((row) => !list.value || column.at(row) === list.value);
};
for (const [name, title] of [["region", "Region"], ["arch", "Architecture"], ["kind", "Price"], ["os", "System"]]) choice(name, title);
const owner = named.provider ?? named.backend;
if (owner?.words && owner.words.length > 1) {
  const boxes = [...new Set(owner.values)].map((code) => owner.words[code]).filter(Boolean).sort().map((word) => {
    const box = make("input", { type: "checkbox", value: word });
    box.addEventListener("input", () => { shown = SHOWN; draw(); });
    return [box, make("label", { className: "tick" }, box, word)];
  });
  form.append(make("fieldset", {}, make("legend", { textContent: "Providers" }), ...boxes.map(([, label]) => label)));
  tests.push((row) => {
    const wanted = boxes.filter(([box]) => box.checked).map(([box]) => box.value);
    return !wanted.length || wanted.includes(owner.at(row));
  });
}
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("reset", () => setTimeout(() => { shown = SHOWN; draw(); }));

// ------------------------------------------------------------------------------------------------------ the table
const head = $("head"), body = $("body");
for (const column of columns) {
  const cell = make("th", { scope: "col", className: column.kind === "figure" ? "figure" : "" },
    make("button", { type: "button", textContent: column.title }));
  cell.firstChild.addEventListener("click", () => {
    order = { column, down: order.column === column ? !order.down : false };
    draw();
  });
  column.cell = cell;
  head.append(cell);
}
const compared = (one, other) => {
  const a = order.column.at(one), b = order.column.at(other);
  if (a === null || b === null) return (a === null) - (b === null); // what is unknown stands last, either way
  const sign = a < b ? -1 : a > b ? 1 : 0;
  return order.down ? -sign : sign;
};
const choose = (row) => {
  picked = picked === row ? null : row;
  draw();
};
const table = (found) => {
  for (const column of columns) {
    column.cell.setAttribute("aria-sort", column !== order.column ? "none" : order.down ? "descending" : "ascending");
  }
  body.replaceChildren(...found.slice(0, shown).map((row) => {
    const line = make("tr", { tabIndex: 0, onclick: () => choose(row) }, ...columns.map((column) =>
      make("td", { className: column.kind === "figure" ? "figure" : "", textContent: figure(column.at(row), column) })));
    line.setAttribute("aria-selected", String(row === picked));
    line.onkeydown = (event) => { if (event.key === "Enter") choose(row); };
    return line;
  }));
  $("more").hidden = found.length <= shown;
  $("count").textContent = `${found.length.toLocaleString("en")} of ${rows.length.toLocaleString("en")} rows fit` +
    (found.length > shown ? `; the first ${shown} are shown.` : ".");
};
$("more").addEventListener("click", () => { shown += SHOWN; draw(); });

// ------------------------------------------------------------------------------------------------------ the chart
const SVG = "http://www.w3.org/2000/svg";
const drawn = (tag, more, text = "") => {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(more)) node.setAttribute(name, value);
  node.textContent = text;
  return node;
};
const SHAPES = {
  circle: (x, y, r) => `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`,
  square: (x, y, r) => `M${x - r} ${y - r}h${2 * r}v${2 * r}h${-2 * r}z`,
  diamond: (x, y, r) => `M${x} ${y - 1.3 * r}L${x + 1.3 * r} ${y}L${x} ${y + 1.3 * r}L${x - 1.3 * r} ${y}z`,
  "triangle-up": (x, y, r) => `M${x} ${y - 1.3 * r}L${x + 1.3 * r} ${y + r}H${x - 1.3 * r}z`,
  "triangle-down": (x, y, r) => `M${x} ${y + 1.3 * r}L${x + 1.3 * r} ${y - r}H${x - 1.3 * r}z`,
  "triangle-left": (x, y, r) => `M${x - 1.3 * r} ${y}L${x + r} ${y - 1.3 * r}V${y + 1.3 * r}z`,
  "triangle-right": (x, y, r) => `M${x + 1.3 * r} ${y}L${x - r} ${y + 1.3 * r}V${y - 1.3 * r}z`,
  cross: (x, y, r) => `M${x - r / 2} ${y - 1.4 * r}h${r}v${r}h${r}v${r}h${-r}v${r}h${-r}v${-r}h${-r}v${-r}h${r}z`,
};
const axes = [["ram_gb", "RAM GB"], ["vcpus", "vCPUs"], ["disk_gb", "disk GB"], ["gpus", "GPUs"]].filter(([name]) => named[name]);
const price = named.price_hourly;
const axis = axes.length && price ? $("axis") : null;
if (axis) {
  axis.append(...axes.map(([name, title]) => make("option", { value: name, textContent: title })));
  axis.addEventListener("input", () => draw());
} else $("chart-part").hidden = true;
const powers = (low, high, base) => {
  const ticks = [];
  for (let power = Math.ceil(Math.log(low) / Math.log(base) - 1e-9); base ** power <= high * 1.0001; power += 1) ticks.push(base ** power);
  return ticks.length > 9 ? ticks.filter((_, place) => place % 2 === 0) : ticks;
};
const chart = (found) => {
  if (!axis) return;
  const across = named[axis.value];
  const usable = found.filter((row) => across.at(row) > 0 && price.at(row) > 0);
  const picture = $("chart");
  picture.replaceChildren();
  $("drawn").textContent = "";
  if (!usable.length) return picture.append(drawn("text", { x: 20, y: 40 }, "No row has both figures."));
  const span = (column) => usable.reduce(([low, high], row) =>
    [Math.min(low, column.at(row) / 1.15), Math.max(high, column.at(row) * 1.15)], [Infinity, 0]);
  const [x0, x1] = span(across), [y0, y1] = span(price);
  const x = (value) => EDGE.left + Math.log(value / x0) / Math.log(x1 / x0) * (WIDE - EDGE.left - EDGE.right);
  const y = (value) => HIGH - EDGE.bottom - Math.log(value / y0) / Math.log(y1 / y0) * (HIGH - EDGE.top - EDGE.bottom);
  const places = new Map(); // a mark that would lie under another of its provider isn't drawn
  for (const row of usable) {
    const place = [x(across.at(row)), y(price.at(row))].map((at) => Math.round(at / 4)).join() + (owner ? owner.values[row] : "");
    if (row === picked || (!places.has(place) && places.size < MARKS)) places.set(place, row);
  }
  const marks = [...places.values()];
  const hidden = usable.length - marks.length;
  if (hidden) $("drawn").textContent = `Not drawn: ${hidden.toLocaleString("en")} marks that would lie under others.`;
  for (const tick of powers(x0, x1, 2)) {
    picture.append(drawn("line", { class: "grid", x1: x(tick), x2: x(tick), y1: EDGE.top, y2: HIGH - EDGE.bottom }),
      drawn("text", { x: x(tick), y: HIGH - EDGE.bottom + 16, "text-anchor": "middle" }, String(tick)));
  }
  const tens = powers(y0, y1, 10);
  for (const tick of tens.length > 2 ? tens : powers(y0, y1, 2)) {
    picture.append(drawn("line", { class: "grid", x1: EDGE.left, x2: WIDE - EDGE.right, y1: y(tick), y2: y(tick) }),
      drawn("text", { x: EDGE.left - 6, y: y(tick) + 4, "text-anchor": "end" }, String(Number(tick.toPrecision(3)))));
  }
  picture.append(drawn("text", { x: WIDE / 2, y: HIGH - 8, "text-anchor": "middle" }, across.title),
    drawn("text", { x: 14, y: HIGH / 2, "text-anchor": "middle", transform: `rotate(-90 14 ${HIGH / 2})` }, price.title));
  for (const row of marks) {
    const look = DATA.looks[owner ? owner.at(row) : ""] ?? ["#808080", "circle"];
    const mark = drawn("path", { d: SHAPES[look[1]](x(across.at(row)), y(price.at(row)), 4.5), fill: "none", stroke: look[0], "stroke-width": 1.4, "pointer-events": "all", cursor: "pointer" });
    mark.append(drawn("title", {}, sentence(row)));
    mark.addEventListener("click", () => choose(row));
    picture.append(mark);
  }
  if (picked !== null && usable.includes(picked)) {
    picture.append(drawn("circle", { class: "ring", cx: x(across.at(picked)), cy: y(price.at(picked)), r: 9 }));
  }
  const there = owner ? [...new Set(marks.map(owner.at))].filter(Boolean).sort() : [];
  $("keys").replaceChildren(...there.map((word) => {
    const look = DATA.looks[word] ?? ["#808080", "circle"], sample = drawn("svg", { viewBox: "0 0 16 16", "aria-hidden": "true", style: "width:1em;height:1em" });
    sample.append(drawn("path", { d: SHAPES[look[1]](8, 8, 5), fill: look[0] }));
    return make("label", { className: "tick" }, sample, word);
  }));
};
const sentence = (row) => columns.filter((column) => ["provider", "id", "region", "vcpus", "ram_gb", "disk_gb", "gpu_name", "price_hourly", "price_monthly", "as_of"].includes(column.name))
  .filter((column) => column.at(row) !== null)
  .map((column) => column.kind === "text" && column.name !== "as_of" ? column.at(row) : `${column.title} ${figure(column.at(row), column)}`)
  .join(" · ");

const draw = () => {
  const found = rows.filter((row) => tests.every((test) => test(row)));
  found.sort(compared);
  table(found);
  chart(found);
  $("picked").textContent = picked === null ? "" : `✓ ${sentence(picked)}`;
};
draw();
