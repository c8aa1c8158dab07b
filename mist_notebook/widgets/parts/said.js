// What a screen reader says when it changes: the node stays, as a new one would not be heard.
function render({ model, el }) {
  el.className = "mist-unseen";
  el.setAttribute("role", "status");
  const draw = () => { el.textContent = model.get("text"); };
  model.on("change:text", draw);
  draw();
}

export default { render };
