// A list that opens, the browser's own. It carries the attribute by which JupyterLab leaves its keys alone.
function render({ model, el }) {
  const label = document.createElement("label"), select = document.createElement("select");
  label.className = "widget-label";
  select.id = label.htmlFor = `mist-${Math.random().toString(36).slice(2)}`;
  select.setAttribute("data-lm-suppress-shortcuts", "true");
  el.classList.add("jupyter-widgets", "widget-inline-hbox", "widget-dropdown");
  el.append(label, select);

  const draw = () => {
    label.textContent = model.get("description");
    label.hidden = !label.textContent;
    if (!label.textContent) select.setAttribute("aria-label", model.get("tooltip") ?? "");
    const labels = model.get("_options_labels");
    if (labels.length !== select.length || labels.some((text, place) => select[place].text !== text)) {
      select.replaceChildren(...labels.map((text) => Object.assign(document.createElement("option"), { textContent: text })));
    }
    select.selectedIndex = model.get("index") ?? -1;
    select.disabled = model.get("disabled");
  };
  select.addEventListener("change", () => {
    model.set("index", select.selectedIndex);
    model.save_changes();
  });
  for (const name of ["_options_labels", "index", "disabled", "description", "tooltip"]) {
    model.on(`change:${name}`, () => queueMicrotask(draw));
  }
  model.on("msg:custom", (said) => said?.do === "focus" && select.focus());
  draw();
}

export default { render };
