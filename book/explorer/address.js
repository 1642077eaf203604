/* The address after '#' describes the view. Everything that comes from there is checked: a name that is not known, a
   number that is none or a schedule that is not accepted leaves what stood there before. */
"use strict";

((gp) => {
  const PANELS = ["race", "inside", "map"];
  const { clamp, short, MOST } = gp;

  function number(text, from, to) {
    const value = text === null || text === undefined || text.trim() === "" ? NaN : Number(text);
    return Number.isFinite(value) ? clamp(value, from, to) : null;
  }

  function numbers(text, count, from, to) {
    const all = (text ?? "").split(",").map((part) => number(part, from, to));
    return all.length === count && !all.includes(null) ? all : null;
  }

  function setting(name, text) {
    const { choices, flag, from, to, log, least, most } = gp.hyper(name);
    if (choices) return choices.includes(text) ? text : null;
    if (flag) return ["true", "false"].includes(text) ? text === "true" : null;
    return number(text, least ?? (log ? 10 ** from : from), most ?? (log ? 10 ** to : to));
  }

  function schedule(text) {
    try {
      return gp.completeSchedule(JSON.parse(text));
    } catch {
      return null;
    }
  }

  /* run=adam;lr:0.5;beta1:0.9;steps:60;schedule:{"name":"cosine","steps":60} */
  function readRun(text) {
    const [optimizer, ...parts] = text.split(";");
    if (!Object.hasOwn(gp.defaults, optimizer)) return null;
    const run = gp.newRun(optimizer, {}, { declared: true });
    for (const part of parts) {
      const cut = part.indexOf(":");
      const [key, value] = [part.slice(0, cut), part.slice(cut + 1)];
      if (Object.hasOwn(run.settings, key)) run.settings[key] = setting(key, value) ?? run.settings[key];
      if (key === "steps") run.steps = Math.round(number(value, 0, MOST.steps) ?? run.steps);
      if (key === "noise") run.noise = number(value, 0, 1e3) ?? 0;
      if (key === "seed") run.seed = Math.round(number(value, 0, 2 ** 32 - 1) ?? 0);
      if (key === "off") run.on = false;
      if (key === "schedule") run.schedule = schedule(value);
    }
    return run;
  }

  function writeRun(run) {
    const fallback = gp.defaults[run.optimizer];
    const parts = [run.optimizer];
    for (const [key, value] of Object.entries(run.settings)) {
      if (value !== fallback[key]) parts.push(`${key}:${typeof value === "number" ? short(value) : value}`);
    }
    parts.push(`steps:${run.steps}`);
    if (run.noise > 0) parts.push(`noise:${short(run.noise)}`, `seed:${run.seed}`);
    if (run.schedule) parts.push(`schedule:${JSON.stringify(run.schedule)}`);
    if (!run.on) parts.push("off:1");
    return parts.join(";");
  }

  /* Addresses of earlier books: optimizers by name, one rate each, the other settings shared. */
  function readOld(given, state) {
    if (!given.has("on") && ![...given.keys()].some((key) => key.startsWith("lr_"))) return state.runs;
    const names = given.has("on") ? given.get("on").split(",") : ["sgd", "momentum", "adagrad"];
    const known = [...new Set(names)].filter((name) => Object.hasOwn(gp.defaults, name));
    return known.slice(0, MOST.runs).map((name) => {
      const run = gp.newRun(name);
      run.steps = Math.round(number(given.get("steps"), 1, 400) ?? run.steps);
      for (const key of Object.keys(run.settings)) {
        /* There, eps was given by its logarithm. */
        const eps = key === "eps" ? number(given.get("eps"), -12, 0) : null;
        const text = eps === null ? given.get(key === "lr" ? `lr_${name}` : key) : String(10 ** eps);
        run.settings[key] = (text === null ? null : setting(key, text)) ?? run.settings[key];
      }
      return run;
    });
  }

  function readAddress(text) {
    const given = new URLSearchParams(text);
    const preset = (gp.presets ?? []).find((one) => one.id === given.get("preset"));
    const state = preset ? gp.fromPreset(preset) : gp.firstState();
    const name = given.get("surface") ?? "";
    state.condition = number(given.get("condition"), 1, 1000) ?? state.condition;
    state.rotation = number(given.get("rotation"), -90, 90) ?? state.rotation;
    const own = given.get("f");
    if (own !== null && !gp.parse(own).error) state.f = own;
    if (Object.hasOwn(gp.surfaces, name) || gp.OWN.includes(name)) {
      state.surface = name;
      state.start = [...gp.surfaceOf(state).start];
    }
    state.start = numbers(given.get("start"), 2, -1e6, 1e6) ?? state.start;
    const runs = given.getAll("run").map(readRun).filter(Boolean).slice(0, MOST.runs);
    state.runs = given.has("run") ? runs : readOld(given, state);
    const view = numbers(given.get("view"), 4, -1e6, 1e6);
    if (view && view[1] - view[0] > 1e-9 && view[3] - view[2] > 1e-9) state.view = view;
    state.selected = Math.round(number(given.get("selected"), 0, Math.max(0, state.runs.length - 1)) ?? 0);
    const step = number(given.get("step"), 0, MOST.steps);
    state.step = step === null ? null : Math.round(step);
    if (PANELS.includes(given.get("panel"))) state.panel = given.get("panel");
    if (given.get("mode") === "3d") state.mode = "3d";
    if (given.get("scale") === "equal") state.equal = true;
    return state;
  }

  function writeAddress(state) {
    const parts = state.preset ? [["preset", state.preset]] : [["surface", state.surface]];
    if (!state.preset) {
      if (state.surface === "bowl") parts.push(["condition", short(state.condition)], ["rotation", short(state.rotation)]);
      if (state.surface === "own") parts.push(["f", state.f]);
      parts.push(["start", state.start.map(short).join(",")]);
      for (const run of state.runs) parts.push(["run", writeRun(run)]);
      if (state.runs.length === 0) parts.push(["run", ""]);
    }
    if (state.selected > 0) parts.push(["selected", state.selected]);
    if (state.step !== null) parts.push(["step", state.step]);
    if (state.view) parts.push(["view", state.view.map(short).join(",")]);
    if (state.equal) parts.push(["scale", "equal"]);
    if (state.panel !== "race") parts.push(["panel", state.panel]);
    if (state.mode !== "2d") parts.push(["mode", state.mode]);
    /* Only what would mean something else is escaped: an address should be readable. */
    const plain = (value) => String(value).replace(/[%&+#\s"<>`{}[\]\\^|]/g, encodeURIComponent);
    return parts.map(([key, value]) => `${key}=${plain(value)}`).join("&");
  }

  Object.assign(gp, { readAddress, writeAddress });
})(window.gradpath ??= {});
