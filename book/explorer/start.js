/* The start point: a ring to drag, or to move with the arrow keys; a click beside it puts it there. */
"use strict";

((gp) => {
  function startHandle(app, picture) {
    const handle = gp.html("button", {
      type: "button", className: "ex-start", aria: { label: "Start point. Drag it, or move it with the arrow keys." },
    });
    picture.box.append(handle);
    const round = (value, from, to) => Number(value.toPrecision(Math.max(3, 4 - Math.floor(Math.log10(to - from)))));
    const put = (point) => app.change((state) => { state.start = point.map((c) => gp.clamp(c, -1e6, 1e6)); });

    function moveTo(event) {
      const at = picture.frame();
      const bounds = picture.box.getBoundingClientRect();
      const [left, top, width, height] = at.inside;
      const u = gp.clamp(event.clientX - bounds.left, left, left + width);
      const v = gp.clamp(event.clientY - bounds.top, top, top + height);
      const [a, b] = at.point(u, v);
      const [from, to, low, high] = app.window;
      put([round(a, from, to), round(b, low, high)]);
    }
    handle.addEventListener("pointerdown", (event) => {
      handle.setPointerCapture(event.pointerId);
      app.hover(null);
      event.preventDefault();
      handle.focus({ preventScroll: true });
    });
    handle.addEventListener("pointermove", (event) => { if (handle.hasPointerCapture(event.pointerId)) moveTo(event); });
    picture.svg.addEventListener("click", moveTo);
    handle.addEventListener("keydown", (event) => {
      const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
      if (!Object.hasOwn(moves, event.key)) return;
      event.preventDefault();
      const share = event.shiftKey ? 0.05 : 0.01;
      const [left, right, low, high] = app.window;
      const [a, b] = moves[event.key];
      put([app.state.start[0] + a * share * (right - left), app.state.start[1] + b * share * (high - low)]);
    });
    return {
      draw() {
        const at = picture.frame();
        if (!at) return;
        const [x, y] = at.px(app.state.start);
        const [left, top, width, height] = at.inside;
        handle.hidden = x < left - 1 || x > left + width + 1 || y < top - 1 || y > top + height + 1;
        handle.style.left = `${x}px`;
        handle.style.top = `${y}px`;
        handle.style.color = app.look.ink;
      },
    };
  }

  gp.startHandle = startHandle;
})(window.gradpath ??= {});
