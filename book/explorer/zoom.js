/* Zoom and pan: wheel, pinch, drag, and buttons for those who have none of these. The window that is seen is in the
   state, so an address keeps it. */
"use strict";

((gp) => {
  function zooming(app, picture) {
    const surface = d3.select(picture.svg);
    let own = false;

    const zoom = d3.zoom().scaleExtent([0.05, 2000]).filter((event) => (!event.ctrlKey || event.type === "wheel") && !event.button)
      .on("zoom", ({ transform }) => {
        if (own || !picture.frame()) return;
        const { x, y } = base();
        const [left, top, width, height] = picture.frame().inside;
        const seen = (scale, shift, from, to) => [from, to].map((at) => scale.invert((at - shift) / transform.k));
        const [a, b] = seen(x, transform.x, left, left + width);
        const [high, low] = seen(y, transform.y, top, top + height);
        app.change((state) => { state.view = still(transform) ? null : [a, b, low, high]; }, { preset: true });
      });

    const still = ({ k, x, y }) => Math.abs(k - 1) < 1e-9 && Math.hypot(x, y) < 1e-6;
    /* The scales of the whole window in the same pixels. */
    const base = () => {
      const { width, height, margin } = picture.frame();
      return gp.frame(app.whole, width, height, margin);
    };

    const button = (text, label, action) => {
      const node = gp.html("button", { type: "button", className: "ex-button", aria: { label }, title: label }, text);
      node.addEventListener("click", action);
      return node;
    };
    const buttons = gp.html("div", { className: "ex-zoom", aria: { role: "group", label: "Zoom" } },
      button("+", "Zoom in", () => zoom.scaleBy(surface, 1.5)),
      button("−", "Zoom out", () => zoom.scaleBy(surface, 1 / 1.5)),
      button("all", "Show the whole surface", () => zoom.transform(surface, d3.zoomIdentity)),
    );
    const equal = button("1:1", "Both axes to one scale", () => app.change((state) => { Object.assign(state, { equal: !state.equal, view: null }); }, { preset: true }));
    buttons.append(equal);
    picture.box.append(buttons);
    surface.call(zoom).on("dblclick.zoom", null);

    return {
      /* Where the view came from elsewhere (an address, another surface), the gesture goes on from there. */
      draw() {
        const at = picture.frame();
        if (!at) return;
        equal.setAttribute("aria-pressed", String(app.state.equal));
        const { x, y } = base();
        const [left, top, width, height] = at.inside;
        const [a, b, low, high] = app.window;
        const k = width / (x(b) - x(a));
        zoom.extent([[left, top], [left + width, top + height]]);
        own = true;
        zoom.transform(surface, d3.zoomIdentity.translate(left - k * x(a), top + height / 2 - k * ((y(low) + y(high)) / 2)).scale(k));
        own = false;
      },
    };
  }

  gp.zooming = zooming;
})(window.gradpath ??= {});
