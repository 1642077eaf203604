/* The race: who is how far at the cursor, and after how many steps each arrives for good. */
"use strict";

((gp) => {
  /* How a run ended, for the table or as a sentence. */
  function words({ arrival, path }, sentence = false) {
    const end = sentence ? `, ends at ${Number(path.at(-1).value.toPrecision(6))}` : "";
    switch (arrival.status) {
      case "reached": return sentence ? `reaches the goal in ${arrival.steps} steps${end}` : String(arrival.steps);
      case "left": return `leaves${sentence ? " the picture" : ""} at ${arrival.steps}`;
      case "inside": return sentence ? `stays in the picture${end}` : "stays";
      case "diverged": return arrival.at === undefined ? `diverges${end}` : `diverges${sentence ? " at step" : ","} ${arrival.at}`;
      default: return sentence ? `does not reach the goal${end}` : "not reached";
    }
  }

  function race(app, parent) {
    const table = gp.html("table", { className: "ex-race" });
    const note = gp.html("p", { className: "ex-note" });
    parent.append(table, note);

    function draw() {
      const places = app.runs.filter((run) => run.arrival.status === "reached").map((run) => run.arrival.steps).sort((a, b) => a - b);
      const head = ["run", app.goal === null ? "how it ends" : "steps to the goal", app.bottom === null ? "value at the cursor" : "height at the cursor"].map((text) => gp.html("th", { scope: "col" }, text));
      const body = gp.html("tbody");
      for (const run of app.runs) {
        const place = places.indexOf(run.arrival.steps) + 1;
        const name = gp.html("th", { scope: "row" }, gp.swatch(app.look, run.index), ` ${run.label}`);
        const row = gp.html("tr", { className: run.index === app.selected ? "ex-chosen" : "" }, name,
          gp.html("td", { className: "ex-steps" }, `${words(run)}${place === 1 && places.length > 1 ? " ★" : ""}`),
          gp.html("td", { className: "ex-now" }));
        row.dataset.run = run.index;
        row.dataset.status = run.arrival.status;
        body.append(row);
      }
      table.replaceChildren(gp.html("thead", {}, gp.html("tr", {}, ...head)), body);
      note.textContent = app.runs.length === 0 ? "Add a run on the left."
        : app.goal === null ? "This surface has no minimum, so there is no goal: the question is how soon a path leaves."
          : `The goal: less than ${gp.WITHIN} above ${app.bottomKnown ? "the minimum" : "the lowest value seen here"}, for good.`;
      cursor();
    }

    function cursor() {
      for (const cell of table.querySelectorAll(".ex-now")) {
        const run = app.runs.find((one) => one.index === Number(cell.parentElement.dataset.run));
        const last = run.path[Math.min(app.step, run.path.length - 1)];
        cell.textContent = gp.said(last.value - (app.bottom ?? 0));
      }
    }
    return { draw, cursor };
  }

  Object.assign(gp, { race, words, WITHIN: 0.01 });
})(window.gradpath ??= {});
