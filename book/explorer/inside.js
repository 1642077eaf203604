/* What is inside a rule at the cursor: the point, the gradient, the averages it keeps, and the rate that it makes of
   them; in words beside the pointer, and as a table for everybody. */
"use strict";

((gp) => {
  const pair = (v) => `(${v.map(gp.said).join(", ")})`;

  /* [name, pair or number] of a point of a run. The effective rate is what sgd would need for the same step. */
  function insideOf(run, step) {
    const at = Math.min(step, run.path.length - 1);
    const p = run.path[at];
    const rows = [["step", at], ["x", p.x], ["f(x)", p.value]];
    if (!p.g) return rows;
    rows.push(["gradient g", p.g], ["rate η", p.lr]);
    rows.push(["effective rate", p.g.map((g, i) => (p.x[i] - p.next[i]) / g)]);
    for (const [name, value] of Object.entries(p.state)) {
      if (Array.isArray(value)) rows.push([name, value]);
    }
    return rows;
  }

  const shown = (value) => (Array.isArray(value) ? pair(value) : gp.said(value));
  const insideLines = (run, step) => [run.label, ...insideOf(run, step).map(([name, value]) => `${name} ${shown(value)}`)];

  function insidePanel(app, parent) {
    const table = gp.html("table", { className: "ex-inside" });
    parent.append(table);
    function cursor() {
      const run = app.runs.find((one) => one.index === app.cursorRun) ?? app.runs[0];
      table.replaceChildren();
      if (!run) return;
      table.append(gp.html("caption", {}, run.label));
      const body = gp.html("tbody");
      for (const [name, value] of insideOf(run, app.step)) {
        const cells = (Array.isArray(value) ? value : [value]).map((v) => gp.html("td", Array.isArray(value) ? {} : { colSpan: 2 }, gp.said(v)));
        body.append(gp.html("tr", {}, gp.html("th", { scope: "row" }, name), ...cells));
      }
      table.append(body);
    }
    return { draw: cursor, cursor };
  }

  Object.assign(gp, { insideOf, insideLines, insidePanel });
})(window.gradpath ??= {});
