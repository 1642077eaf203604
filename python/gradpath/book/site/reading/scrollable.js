/* What is wider than its place scrolls there, and can be scrolled with the keyboard too. */
"use strict";

(() => {
  function mark() {
    for (const block of document.querySelectorAll("main pre, main .equation, main math[display=block]")) {
      if (block.scrollWidth > block.clientWidth) block.tabIndex = 0; else block.removeAttribute("tabindex");
    }
  }
  mark();
  for (const event of ["load", "resize"]) window.addEventListener(event, mark);
  for (const event of ["gradpath:language", "gradpath:slide"]) document.addEventListener(event, mark);
})();
