// A field for a public key. What may be a private one is wiped here: it never leaves the page.
function render({ model, el }) {
  const label = document.createElement("label"), field = document.createElement("textarea");
  label.className = "widget-label";
  field.rows = 3;
  field.spellcheck = false;
  field.autocomplete = "off";
  field.setAttribute("data-lm-suppress-shortcuts", "true");
  field.id = label.htmlFor = `mist-${Math.random().toString(36).slice(2)}`;
  el.classList.add("jupyter-widgets", "widget-inline-hbox", "widget-textarea", "mist-paste");
  el.append(label, field);
  const secret = new RegExp(model.get("secret"));

  const draw = () => {
    label.textContent = model.get("description");
    field.placeholder = model.get("placeholder");
    if (field.value !== model.get("value")) field.value = model.get("value");
  };
  const heard = (more = {}) => {
    if (secret.test(field.value)) {
      field.value = "";
      model.set("value", "");
      model.save_changes();
      return model.send({ event: "secret" });
    }
    model.set({ value: field.value, ...more });
    model.save_changes();
  };
  field.addEventListener("input", () => heard());
  field.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    heard({ enters: model.get("enters") + 1 });
  });
  for (const name of ["value", "description", "placeholder"]) model.on(`change:${name}`, draw);
  model.on("msg:custom", (told) => told?.do === "focus" && field.focus());
  draw();
}

export default { render };
