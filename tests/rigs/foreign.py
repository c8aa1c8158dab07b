"""Hostile names and texts, what may never come of them in a page, and what is too pale to read."""

from __future__ import annotations

CANARIES = (
    "<img src=x onerror=alert(1)>",
    "<img src='{beacon}'>",
    "<script>alert(2)</script>",
    "<svg onload=alert(3)>",
    '<a href="javascript:alert(4)">click</a>',
    "<iframe src='{beacon}'></iframe>",
    "<link rel=stylesheet href='{beacon}'>",
    "<object data='{beacon}'></object>",
    "<style>@import '{beacon}'; * {{ display: none }}</style>",
    "<meta http-equiv=refresh content='0;url={beacon}'>",
    "<base href='{beacon}'>",
    "<form action='{beacon}'><button>go</button></form>",
    "<details open ontoggle=alert(5)>",
    "</td></tr></table><h1>out</h1>",
    '"><img src=y onerror=alert(6)>',
    "' onmouseover='alert(7)",
    "<!-- <b>",
    "&lt;b&gt;",
    r"$\href{{javascript:alert(8)}}{{x}}$",
    "$$x^2$$",
    r"\(x^2\)",
    r"\[x^2\]",
    r"\begin{{equation}}x\end{{equation}}",
    "![x]({beacon})",
    "[x](javascript:alert(9))",
    "abc\u202etxt.exe",
    "zero\u200bwidth",
    "red\x1b[31mtext",
    "\x1b]8;;{beacon}\x07link\x1b]8;;\x07",
    "over\rwritten",
)
TYPESET = "from IPython.display import HTML\nHTML('<p id=\"typeset\">$x^2$</p>')"
FORBIDDEN = (
    "img, script, svg, iframe, link, object, style, meta, base, form, details, h1, mjx-container, .MathJax, math"
)


POOR_CONTRAST = """selector => {
  const channels = text => text.match(/[\\d.]+/g).map(Number);
  const light = text => {
    const [r, g, b] = channels(text).map(c => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = node => {
    for (let at = node; at; at = at.parentElement) {
      const { backgroundColor, boxShadow } = getComputedStyle(at);
      const filled = boxShadow.match(/^(rgba?\\(.*?\\)) 0px 0px 0px \\d{4}px inset/)?.[1];  // DataTables marks a row so
      for (const color of [filled, backgroundColor]) if (color && (channels(color)[3] ?? 1) > 0.5) return color;
    }
    return 'rgb(255, 255, 255)';
  };
  return [...document.querySelectorAll(selector)]
    .filter(node => [...node.childNodes].some(child => child.nodeType === 3 && child.textContent.trim()))
    .map(node => {
      const [a, b] = [light(getComputedStyle(node).color), light(behind(node))].sort((x, y) => y - x);
      return [node.textContent.slice(0, 40), (a + 0.05) / (b + 0.05)];
    })
    .filter(([, contrast]) => contrast < 4.5);
}"""
