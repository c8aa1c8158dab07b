// A line that says what is chosen, and opens what it is chosen from.
function render({ model, el }) {
  const button = document.createElement("button");
  const parts = ["mark", "label", "said", "does"].map((name) => {
    const part = document.createElement("span");
    part.className = `mist-fold-${name}`;
    button.append(part, " ");
    return part;
  });
  const [mark, label, said, does] = parts;
  mark.setAttribute("aria-hidden", "true");
  button.type = "button";
  button.className = "mist-fold-head";
  button.setAttribute("data-lm-suppress-shortcuts", "true");
  el.classList.add("jupyter-widgets", "mist-fold");
  el.append(button);

  const draw = () => {
    const isOpen = model.get("is_open");
    button.setAttribute("aria-expanded", String(isOpen));
    button.classList.toggle("mist-is-error", model.get("is_error"));
    mark.textContent = isOpen ? "▾" : "▸";
    label.textContent = model.get("label");
    said.textContent = model.get("said_now");
    does.textContent = isOpen ? "Close" : model.get("does");
  };
  button.addEventListener("click", () => {
    model.set("is_open", !model.get("is_open"));
    model.save_changes();
  });
  for (const name of ["is_open", "is_error", "label", "said_now", "does"]) model.on(`change:${name}`, draw);
  model.on("msg:custom", (told) => told?.do === "focus" && button.focus());
  draw();
}

export default { render };
