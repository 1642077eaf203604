/* The surface as a landscape, with the paths lying on it: three.js, loaded when somebody asks for it. */
"use strict";

((gp) => {
  const CELLS = 110;
  const HEIGHT = 0.85;
  let loading = null;

  const library = () => (loading ??= new Promise((resolve, reject) => {
    const script = gp.html("script", { src: `${gp.base}vendor/three.min.js` });
    script.addEventListener("load", () => resolve(window.THREE));
    script.addEventListener("error", () => reject(new Error("three.min.js did not load")));
    document.head.append(script);
  }));

  function view3d(app, parent) {
    const box = gp.html("div", { className: "ex-3d", hidden: true });
    const message = gp.html("p", { className: "ex-note", aria: { role: "status" } });
    box.append(message);
    parent.append(box);
    let [three, scene, camera, renderer, controls, things, failed] = [null, null, null, null, null, [], false];

    function begin() {
      renderer = new three.WebGLRenderer({ antialias: true, alpha: true, preserveDrawingBuffer: true });
      const canvas = renderer.domElement;
      canvas.tabIndex = 0;
      canvas.setAttribute("role", "img");
      scene = new three.Scene();
      camera = new three.PerspectiveCamera(38, 1, 0.1, 50);
      camera.position.set(2.2, 2.55, 2.75);
      controls = new three.OrbitControls(camera, canvas);
      controls.target.set(0, 0.38, 0);
      controls.enablePan = false;
      controls.maxPolarAngle = Math.PI / 2;
      controls.update();
      controls.addEventListener("change", render);
      scene.add(new three.HemisphereLight(0xffffff, 0x8899aa, 2.2));
      const sun = new three.DirectionalLight(0xffffff, 1.6);
      sun.position.set(-2, 3, 1);
      scene.add(sun);
      box.append(canvas);
      canvas.addEventListener("keydown", (event) => {
        const turn = { ArrowLeft: 0.12, ArrowRight: -0.12 }[event.key];
        if (!turn) return;
        event.preventDefault();
        const { x, z } = camera.position;
        camera.position.x = x * Math.cos(turn) + z * Math.sin(turn);
        camera.position.z = z * Math.cos(turn) - x * Math.sin(turn);
        controls.update();
        render();
      });
    }

    const render = () => renderer.render(scene, camera);

    /* From a point to the landscape; the height is squeezed as the contour lines are. */
    function placing() {
      const [left, right, bottom, top] = app.window;
      const values = gp.grid(app.surface, app.window, 60, 60);
      const { squeeze, high } = gp.rangeOf(values);
      const tallest = squeeze(high) || 1;
      const lift = ([a, b]) => {
        const value = app.surface.value([a, b]);
        return (squeeze(Number.isNaN(value) ? high : value) / tallest) * HEIGHT;
      };
      return {
        lift,
        at: ([a, b], more = 0) => [(2 * (a - left)) / (right - left) - 1, lift([a, b]) + more, 1 - (2 * (b - bottom)) / (top - bottom)],
        inside: ([a, b]) => a >= left && a <= right && b >= bottom && b <= top,
        point: (x, z) => [left + ((x + 1) / 2) * (right - left), bottom + ((1 - z) / 2) * (top - bottom)],
      };
    }

    function landscape(place) {
      const shape = new three.PlaneGeometry(2, 2, CELLS, CELLS);
      shape.rotateX(-Math.PI / 2);
      const position = shape.attributes.position;
      const colours = new Float32Array(position.count * 3);
      const colour = new three.Color();
      for (let i = 0; i < position.count; i += 1) {
        const h = place.lift(place.point(position.getX(i), position.getZ(i)));
        position.setY(i, h);
        /* Bands, so that heights can be read off as on the flat picture. */
        const share = Math.floor((h / HEIGHT) * 16) / 16;
        colour.setStyle(gp.mixColours(app.look, app.look.name === "dark" ? 1 - share * 0.9 : share * 0.7));
        colour.toArray(colours, 3 * i);
      }
      shape.setAttribute("color", new three.BufferAttribute(colours, 3));
      shape.computeVertexNormals();
      return new three.Mesh(shape, new three.MeshLambertMaterial({ vertexColors: true, side: three.DoubleSide }));
    }

    /* Lines lie on the ground between two points as well; they end at the edge of the picture. */
    function trace(place, { path, index }) {
      const { colour } = gp.styleOf(app.look, index);
      const seen = path.slice(0, Math.min(app.step, path.length - 1) + 1);
      const made = [];
      let strip = [];
      const end = () => {
        for (const up of strip.length > 1 ? [0.008, 0.012, 0.016] : []) {
          const flat = new Float32Array(strip.flatMap((p) => place.at(p, up)));
          const shape = new three.BufferGeometry().setAttribute("position", new three.BufferAttribute(flat, 3));
          made.push(new three.Line(shape, new three.LineBasicMaterial({ color: colour })));
          /* Behind a ridge a path is pale, not gone. */
          if (up > 0.01) continue;
          const pale = new three.LineBasicMaterial({ color: colour, transparent: true, opacity: 0.45, depthTest: false });
          made.push(new three.Line(shape, pale));
        }
        strip = [];
      };
      seen.forEach(({ x }, k) => {
        const from = k > 0 ? seen[k - 1].x : x;
        for (let part = 1; part <= 12; part += 1) {
          const p = x.map((c, i) => from[i] + ((c - from[i]) * part) / 12);
          if (place.inside(p)) strip.push(p); else end();
        }
      });
      end();
      const material = new three.MeshBasicMaterial({ color: colour });
      const ball = new three.SphereGeometry(0.014, 10, 8);
      const last = seen.length - 1;
      seen.slice(0, 200).concat(last >= 200 ? [seen[last]] : []).forEach(({ x }, k) => {
        if (!place.inside(x)) return;
        const mesh = new three.Mesh(ball, material);
        mesh.position.set(...place.at(x, 0.012));
        if (k === Math.min(last, 200)) mesh.scale.setScalar(2.2);
        made.push(mesh);
      });
      return made;
    }

    function show(ground) {
      const { width, height } = box.getBoundingClientRect();
      if (width < 50 || height < 50) return;
      renderer.setPixelRatio(Math.min(2, devicePixelRatio || 1));
      renderer.setSize(width, height);
      camera.aspect = width / height;
      camera.updateProjectionMatrix();
      const place = placing();
      const kept = ground ? null : things[0];
      for (const thing of things) {
        scene.remove(thing);
        if (thing !== kept) { thing.geometry.dispose(); thing.material.dispose(); }
      }
      things = [kept ?? landscape(place), ...app.runs.flatMap((run) => trace(place, run))];
      scene.add(...things);
      renderer.domElement.setAttribute("aria-label", `Landscape. ${app.summary()} Drag it or use the arrow keys to turn it.`);
      render();
    }

    async function draw() {
      box.hidden = app.state.mode !== "3d";
      if (box.hidden || failed) return;
      try {
        three = await library();
        if (!renderer) begin();
        message.textContent = "";
        show(true);
        box.dataset.state = "drawn";
      } catch (error) {
        failed = true;
        message.textContent = `The landscape needs WebGL, which this browser does not give: ${error.message}`;
        box.dataset.state = "failed";
      }
    }
    return { draw, cursor: () => { if (!box.hidden && renderer && things.length) show(false); } };
  }

  gp.view3d = view3d;
})(window.gradpath ??= {});
