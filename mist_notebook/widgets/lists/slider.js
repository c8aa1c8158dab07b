// A slider over steps, or one with two ends: the browser's own, each end with a name, and with what it stands at.
function render({ model, el }) {
  const label = document.createElement("span"), track = document.createElement("div"), said = document.createElement("div");
  const isRange = () => Array.isArray(model.get("index"));
  label.className = "widget-label";
  track.className = "mist-slider-track";
  said.className = "widget-readout";
  el.classList.add("jupyter-widgets", "widget-inline-hbox", "widget-slider", "mist-slider");
  el.append(label, track, said);

  const ends = (isRange() ? [" from", " to"] : [""]).map((end, side) => {
    const input = document.createElement("input");
    input.type = "range";
    input.min = 0;
    input.setAttribute("data-lm-suppress-shortcuts", "true");
    input.addEventListener("input", () => moved(side));
    track.append(input);
    return [input, end];
  });
  const places = () => (isRange() ? model.get("index") : [model.get("index")]);
  const moved = (side) => {
    const at = Number(ends[side][0].value), now = [...places()];
    now[side] = at;
    if (isRange()) now[1 - side] = side ? Math.min(now[0], at) : Math.max(now[1], at);
    model.set("index", isRange() ? now : at);
    model.save_changes();
  };
  const draw = () => {
    const labels = model.get("_options_labels"), now = places(), last = Math.max(labels.length - 1, 1);
    label.textContent = model.get("description");
    ends.forEach(([input, end], side) => {
      input.max = last;
      input.value = now[side];
      input.disabled = model.get("disabled");
      input.setAttribute("aria-label", model.get("description") + end);
      input.setAttribute("aria-valuetext", labels[now[side]]?.trim() || "–");
    });
    track.style.setProperty("--from", isRange() ? now[0] / last : 0);
    track.style.setProperty("--to", now.at(-1) / last);
    const [first, second] = [now[0], now.at(-1)].map((place) => labels[place] ?? "");
    said.textContent = first === second ? first : `${first} – ${second}`.replace(/^ – |^ – $/g, "");
  };
  for (const name of ["_options_labels", "index", "disabled", "description"]) {
    model.on(`change:${name}`, () => queueMicrotask(draw));
  }
  draw();
}

export default { render };
