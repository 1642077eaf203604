/* Loads the explorer's scripts, one after the other, where a page has an explorer: at once on its own page, and when the
   reader comes near where a chapter has a small one. Plain scripts: a book opened from a folder works as well. */
"use strict";

(() => {
  const SCRIPTS = [
    "vendor/d3.min", "surfaces", "rules", "schedules", "noise", "descend", "parser", "presets", "views", "state", "address", "look",
    "theme", "axes", "contours", "arrows", "inside", "picture", "start", "zoom", "curve", "race", "player", "fields",
    "surface_controls", "run_controls", "schedule_controls", "rate_map", "view3d", "app", "main", "embed",
  ];
  const base = document.currentScript.src.replace(/[^/]*$/, "");
  window.gradpath ??= {};
  window.gradpath.base = base;
  let begun = false;

  function load() {
    if (begun) return;
    begun = true;
    for (const name of SCRIPTS) {
      const script = document.createElement("script");
      script.src = `${base}${name}.js`;
      script.async = false;
      document.head.append(script);
    }
  }

  function look() {
    const embeds = document.querySelectorAll(".explorer-embed");
    if (embeds.length && !document.querySelector("link[href$='explorer/explorer.css']")) {
      const style = Object.assign(document.createElement("link"), { rel: "stylesheet", href: `${base}explorer.css` });
      document.head.append(style);
    }
    if (document.getElementById("explorer")) load();
    const watch = new IntersectionObserver((seen) => { if (seen.some((one) => one.isIntersecting)) load(); }, { rootMargin: "800px" });
    for (const embed of embeds) watch.observe(embed);
  }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", look);
  else look();
})();
