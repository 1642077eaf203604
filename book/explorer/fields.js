/* The fields of the controls: a slider, a choice, a number, a tick, each a labelled row that follows the state. */
"use strict";

((gp) => {
  const row = (label, ...parts) => gp.html("label", { className: "ex-row" }, gp.html("span", {}, label), ...parts);

  /* A slider of a number; with `log` it moves the logarithm, and its lowest place is the number 0 if that is allowed. */
  function slider({ label, from, to, step, log, least, get, set, say = gp.said, name }) {
    const input = gp.html("input", { type: "range", min: from, max: to, step, aria: { label: name ?? label } });
    const output = gp.html("output");
    const there = (value) => (!log ? value : value > 0 ? Math.log10(value) : from);
    const back = (place) => (!log ? place : place <= from && least === 0 ? 0 : 10 ** place);
    input.addEventListener("input", () => set(back(Number(input.value))));
    const node = row(label, input, output);
    const draw = () => {
      input.value = there(get());
      output.textContent = say(get());
      input.setAttribute("aria-valuetext", say(get()));
    };
    return { node, draw };
  }

  function choice({ label, options, get, set, name }) {
    const select = gp.html("select", { aria: { label: name ?? label } });
    for (const [value, text] of options) select.append(new Option(text, value));
    select.addEventListener("change", () => set(select.value));
    const draw = () => { select.value = get(); };
    return { node: row(label, select), draw };
  }

  function number({ label, get, set, name, min, max, whole }) {
    const input = gp.html("input", { type: "number", step: whole ? 1 : "any", aria: { label: name ?? label } });
    input.addEventListener("change", () => {
      const value = Number(input.value);
      const ok = input.value.trim() !== "" && Number.isFinite(value);
      if (ok) set(gp.clamp(whole ? Math.round(value) : value, min ?? -1e6, max ?? 1e6));
      input.value = gp.short(get());
    });
    const draw = () => { if (document.activeElement !== input) input.value = gp.short(get()); };
    return { node: row(label, input), input, draw };
  }

  function tick({ label, get, set, name }) {
    const input = gp.html("input", { type: "checkbox", aria: { label: name ?? label } });
    input.addEventListener("change", () => set(input.checked));
    return { node: row(label, input), draw: () => { input.checked = get(); } };
  }

  /* Text that is read when Enter is pressed or the field is left; `set` returns what is wrong with it, or nothing. */
  function text({ label, get, set, longest }) {
    const input = gp.html("input", { type: "text", maxLength: longest, spellcheck: false, autocomplete: "off", aria: { label } });
    const wrong = gp.html("p", { className: "ex-wrong", aria: { role: "alert" } });
    input.addEventListener("change", () => {
      wrong.textContent = set(input.value) ?? "";
      input.setAttribute("aria-invalid", String(wrong.textContent !== ""));
    });
    const draw = () => { if (document.activeElement !== input && wrong.textContent === "") input.value = get(); };
    return { node: gp.html("div", {}, row(label, input), wrong), input, draw };
  }

  /* Buttons of which one is chosen, and the panel that belongs to it. */
  function tabs(names, label, get, set) {
    const list = gp.html("div", { className: "ex-tabs", aria: { role: "tablist", label } });
    const panels = {};
    gp.made = (gp.made ?? 0) + 1;
    const buttons = names.map(([key, title]) => {
      const id = `ex-${gp.made}-${key}`;
      const button = gp.html("button", { type: "button", id: `${id}-tab`, aria: { role: "tab", controls: id } }, title);
      panels[key] = gp.html("div", { id, className: "ex-panel", tabIndex: 0, aria: { role: "tabpanel", labelledby: `${id}-tab` } });
      button.addEventListener("click", () => set(key));
      button.dataset.key = key;
      list.append(button);
      return button;
    });
    list.addEventListener("keydown", (event) => {
      const move = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!move) return;
      const at = names.findIndex(([key]) => key === get());
      const next = buttons[(at + move + buttons.length) % buttons.length];
      set(next.dataset.key);
      next.focus();
    });
    const draw = () => {
      for (const button of buttons) {
        const chosen = button.dataset.key === get();
        button.setAttribute("aria-selected", String(chosen));
        button.tabIndex = chosen ? 0 : -1;
        panels[button.dataset.key].hidden = !chosen;
      }
    };
    return { list, panels, draw };
  }

  gp.fields = { slider, choice, number, tick, text, tabs, row };
})(window.gradpath ??= {});
