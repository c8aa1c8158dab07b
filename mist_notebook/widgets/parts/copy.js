// A button that puts a text where one can paste it from, and says so; where a browser refuses, it selects the text.
const SAID_MS = 2000;

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch { // refused, or a page without https
    const field = Object.assign(document.createElement("textarea"), { value: text, className: "mist-unseen" });
    document.body.append(field);
    field.select();
    let isDone = false;
    try { isDone = document.execCommand("copy"); } catch { /* refused too */ }
    field.remove();
    return isDone;
  }
}

function render({ model, el }) {
  const button = document.createElement("button"), said = document.createElement("span");
  button.type = "button";
  button.className = "jupyter-button widget-button mist-copy-button";
  button.setAttribute("data-lm-suppress-shortcuts", "true");
  said.className = "mist-unseen";
  said.setAttribute("role", "status");
  const field = document.createElement("input");
  field.className = "mist-copy-text";
  field.readOnly = true;
  field.hidden = true;
  field.setAttribute("data-lm-suppress-shortcuts", "true");
  const hint = document.createElement("span");
  hint.className = "mist-copy-hint";
  hint.hidden = true;
  hint.textContent = "The browser refused: it is selected, press Ctrl+C or ⌘C.";
  el.classList.add("jupyter-widgets", "mist-copy");
  el.append(button, field, hint, said);

  let again = 0;
  const draw = () => {
    button.textContent = model.get("description");
    button.title = model.get("text");
    button.disabled = !model.get("text");
    field.value = model.get("text");
    field.setAttribute("aria-label", `${model.get("description")}: the text`);
  };
  const show = (isShown) => { field.hidden = hint.hidden = !isShown; };
  button.addEventListener("click", async () => {
    const isDone = await copied(model.get("text"));
    show(!isDone);
    said.textContent = isDone ? "Copied" : hint.textContent;
    clearTimeout(again);
    if (isDone) {
      button.textContent = "Copied";
      button.focus();
      again = setTimeout(() => { said.textContent = ""; draw(); }, SAID_MS);
    } else {
      field.focus();
      field.select();
    }
  });
  field.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key !== "Escape") return;
    show(false);
    button.focus();
  });
  for (const name of ["text", "description"]) model.on(`change:${name}`, draw);
  draw();
}

export default { render };
