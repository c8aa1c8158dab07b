// A button that puts a text where one can paste it from, and says so.
const SAID_MS = 2000;

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = Object.assign(document.createElement("textarea"), { value: text });
    document.body.append(field);
    field.select();
    const isDone = document.execCommand("copy");
    field.remove();
    return isDone;
  }
}

function render({ model, el }) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "jupyter-button widget-button mist-copy-button";
  button.setAttribute("data-lm-suppress-shortcuts", "true");
  el.classList.add("jupyter-widgets", "mist-copy");
  const said = document.createElement("span");
  said.className = "mist-unseen";
  said.setAttribute("role", "status");
  el.append(button, said);
  const draw = () => {
    button.textContent = model.get("description");
    button.title = model.get("text");
    button.disabled = !model.get("text");
  };
  button.addEventListener("click", async () => {
    button.textContent = said.textContent = (await copied(model.get("text"))) ? "Copied" : "Not copied: select it";
    button.focus();
    setTimeout(() => { said.textContent = ""; draw(); }, SAID_MS);
  });
  for (const name of ["text", "description"]) model.on(`change:${name}`, draw);
  draw();
}

export default { render };
