// A chart whose marks can be pointed at and clicked: the nearest one to the pointer counts.
const REACH = 14; // in the picture's own units

function render({ model, el }) {
  const picture = document.createElement("div"), tip = document.createElement("div");
  el.classList.add("jupyter-widgets", "mist-plot");
  picture.className = "mist-plot-picture";
  tip.className = "mist-plot-tip";
  tip.hidden = true;
  el.append(picture, tip);
  let ring = null;

  const svg = () => picture.querySelector("svg");
  const circle = (place, css) => {
    const spot = model.get("spots")[place];
    if (!spot || !svg()) return null;
    const node = document.createElementNS("http://www.w3.org/2000/svg", "circle");
    for (const [name, value] of Object.entries({ cx: spot[0], cy: spot[1], r: 9, class: css })) node.setAttribute(name, value);
    svg().append(node);
    return node;
  };
  const mark = () => {
    ring?.remove();
    ring = circle(model.get("picked"), "mist-plot-picked");
  };
  const draw = () => {
    picture.innerHTML = model.get("value");
    tip.hidden = true;
    mark();
  };
  const nearest = (event) => {
    const box = svg()?.getBoundingClientRect();
    if (!box || !box.width) return -1;
    const scale = svg().viewBox.baseVal.width / box.width;
    const x = (event.clientX - box.left) * scale, y = (event.clientY - box.top) * scale;
    let found = -1, least = REACH * REACH;
    model.get("spots").forEach(([a, b], place) => {
      const apart = (a - x) ** 2 + (b - y) ** 2;
      if (apart < least) [found, least] = [place, apart];
    });
    return found;
  };
  picture.addEventListener("pointermove", (event) => {
    const place = nearest(event);
    tip.hidden = place < 0;
    picture.style.cursor = place < 0 ? "" : "pointer";
    if (place < 0) return;
    tip.textContent = model.get("tips")[place] ?? "";
    const box = el.getBoundingClientRect(), at = event.clientX - box.left;
    tip.style.left = `${Math.max(0, Math.min(at + 14, box.width - tip.offsetWidth))}px`;
    tip.style.top = `${event.clientY - box.top + 16}px`;
  });
  picture.addEventListener("pointerleave", () => { tip.hidden = true; });
  picture.addEventListener("click", (event) => {
    const place = nearest(event);
    if (place >= 0) model.send({ event: "pick", mark: place });
  });
  let due = false;
  const soon = () => {
    if (due) return;
    due = true;
    queueMicrotask(() => { due = false; draw(); });
  };
  model.on("change:value change:spots", soon);
  model.on("change:picked", mark);
  draw();
}

export default { render };
