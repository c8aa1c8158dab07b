// A field to type into. Enter comes in one message with the text, so that neither overtakes the other.
function render({ model, el }) {
  const label = document.createElement("label"), input = document.createElement("input");
  label.className = "widget-label";
  input.type = "text";
  input.id = label.htmlFor = `mist-${Math.random().toString(36).slice(2)}`;
  el.classList.add("jupyter-widgets", "widget-inline-hbox", "widget-text");
  el.append(label, input);

  const draw = () => {
    label.textContent = model.get("description");
    input.placeholder = model.get("placeholder");
    input.disabled = model.get("disabled");
    if (input.value !== model.get("value")) input.value = model.get("value");
  };
  input.addEventListener("input", () => {
    model.set("value", input.value);
    model.save_changes();
  });
  input.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape") return model.send({ event: "leave" });
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    model.set({ value: input.value, enters: model.get("enters") + 1 });
    model.save_changes();
  });
  for (const name of ["value", "description", "placeholder", "disabled"]) model.on(`change:${name}`, draw);
  model.on("msg:custom", (told) => told?.do === "focus" && input.focus());
  draw();
}

export default { render };
