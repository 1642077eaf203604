/* Says when the page turns dark or light, whichever renderer made it and however it says so. */
"use strict";

((gp) => {
  gp.followTheme = (draw) => {
    const observer = new MutationObserver(draw);
    for (const node of [document.documentElement, document.body]) {
      observer.observe(node, { attributes: true, attributeFilter: ["class", "data-theme", "data-bs-theme"] });
    }
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  };
})(window.gradpath ??= {});
