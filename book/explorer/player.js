/* Play, pause, one step on or back, and a slider over the steps. Nothing moves before somebody asks for it. */
"use strict";

((gp) => {
  const PER_SECOND = 6;

  function player(app, parent, { small = false } = {}) {
    let timer = null;
    const button = (text, label, action) => {
      const node = gp.html("button", { type: "button", className: "ex-button", title: label, aria: { label } }, text);
      node.addEventListener("click", action);
      return node;
    };
    const play = button(gp.icon("play"), "Play", () => (timer === null ? start() : stop()));
    play.classList.add("ex-play");
    const slider = gp.html("input", { type: "range", min: 0, step: 1, className: "ex-scrub", aria: { label: "Step" } });
    const count = gp.html("output", { className: "ex-count" });
    const speed = gp.html("select", { className: "ex-speed", aria: { label: "Speed" } });
    for (const [value, text] of [[0.25, "¼×"], [1, "1×"], [4, "4×"], [16, "16×"]]) speed.append(new Option(text, value, false, value === 1));
    const seek = (step) => { stop(); app.seek(step); };
    const parts = [
      button(gp.icon("first"), "To the start", () => seek(0)), button("−1", "One step back", () => seek(app.step - 1)), play,
      button("+1", "One step on", () => seek(app.step + 1)), slider, count, speed,
    ];
    parent.append(gp.html("div", { className: "ex-player", aria: { role: "group", label: "Player" } }, ...(small ? [parts[0], play, slider, count] : parts)));
    slider.addEventListener("input", () => seek(Number(slider.value)));

    function start() {
      app.hover(null);
      if (app.state.step === null || app.state.step >= app.longest) app.seek(0);
      const tick = () => {
        timer = setTimeout(tick, 1000 / PER_SECOND / Number(speed.value));
        app.seek(app.step + 1);
        if (app.step >= app.longest) stop();
      };
      timer = setTimeout(tick, 1000 / PER_SECOND / Number(speed.value));
      say();
    }
    function stop() {
      clearTimeout(timer);
      timer = null;
      say();
    }
    function say() {
      play.replaceChildren(gp.icon(timer === null ? "play" : "pause"));
      play.setAttribute("aria-label", timer === null ? "Play" : "Pause");
      play.title = timer === null ? "Play" : "Pause";
    }
    function cursor() {
      slider.max = app.longest;
      slider.value = app.step;
      count.textContent = `${app.step} / ${app.longest}`;
      slider.setAttribute("aria-valuetext", `step ${app.step} of ${app.longest}`);
    }
    return { draw: cursor, cursor, stop };
  }

  gp.player = player;
})(window.gradpath ??= {});
