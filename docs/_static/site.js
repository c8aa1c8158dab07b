// What the theme leaves out for people without a mouse: names of its two sides, levels of their headings, and blocks
// that scroll can be reached by keys.
addEventListener("DOMContentLoaded", () => {
  document.querySelector(".sidebar-drawer")?.setAttribute("aria-label", "All pages");
  document.querySelector(".toc-drawer")?.setAttribute("aria-label", "On this page");
  for (const caption of document.querySelectorAll(".caption[role=heading]")) caption.setAttribute("aria-level", "2");
  const reach = () => {
    for (const block of document.querySelectorAll("pre, .table-wrapper, .output")) {
      if (block.scrollWidth > block.clientWidth) block.tabIndex = 0;
      else block.removeAttribute("tabindex");
    }
  };
  reach();
  addEventListener("resize", reach);
});
