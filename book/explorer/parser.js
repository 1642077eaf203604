/* A function of one's own, from text: read by a small grammar into closures, and differentiated by dual numbers.
   Nothing of the text is ever run as a program: only the names in the tables below mean anything.

     sum     = product (("+" | "-") product)*
     product = sign (("*" | "/") sign)*
     sign    = ("-" | "+") sign | power
     power   = atom (("^" | "**") sign)?
     atom    = number | name | name "(" sum ("," sum)* ")" | "(" sum ")"                                          */
"use strict";

((gp) => {
  const [LONGEST, DEEPEST] = [300, 40];
  const CONSTANTS = new Map([["pi", Math.PI], ["e", Math.E]]);
  const VARIABLES = new Map([["x", 0], ["y", 1], ["x1", 0], ["x2", 1]]);
  /* Value and derivative of each function of one number. At a kink the derivative is PyTorch's. */
  const FUNCTIONS = new Map([
    ["sin", [Math.sin, Math.cos]],
    ["cos", [Math.cos, (a) => -Math.sin(a)]],
    ["tan", [Math.tan, (a) => 1 + Math.tan(a) ** 2]],
    ["exp", [Math.exp, Math.exp]],
    ["log", [Math.log, (a) => 1 / a]],
    ["sqrt", [Math.sqrt, (a) => 0.5 / Math.sqrt(a)]],
    ["tanh", [Math.tanh, (a) => 1 - Math.tanh(a) ** 2]],
    ["abs", [Math.abs, Math.sign]],
    ["relu", [(a) => Math.max(a, 0), (a) => (a > 0 ? 1 : 0)]],
  ]);
  const TWO = new Map([["max", Math.max], ["min", Math.min]]);
  const NAMES = [...VARIABLES.keys(), ...CONSTANTS.keys(), ...FUNCTIONS.keys(), ...TWO.keys()];

  class Refused extends Error {}
  const refuse = (text) => { throw new Refused(text); };

  function tokens(text) {
    const found = [];
    const pattern = /\s*(?:(\d+\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?)|([a-z_]\w*)|(\*\*|[-+*/^(),]))/iy;
    const end = text.trimEnd().length;
    while (pattern.lastIndex < end) {
      const at = pattern.lastIndex;
      const match = pattern.exec(text);
      if (!match) refuse(`'${text.slice(at).trim()[0]}' at place ${at + 1} is not understood`);
      const [, number, name, sign] = match;
      if (number !== undefined) found.push({ kind: "number", value: Number(number) });
      else if (name !== undefined) found.push({ kind: "name", value: name.toLowerCase() });
      else found.push({ kind: "sign", value: sign === "**" ? "^" : sign });
    }
    return found;
  }

  /* Nodes: {f(p) → value, d(p) → [value, by x1, by x2]}. */
  const constant = (value) => ({ f: () => value, d: () => [value, 0, 0], fixed: value });
  const variable = (i) => ({ f: (p) => p[i], d: (p) => [p[i], i === 0 ? 1 : 0, i === 1 ? 1 : 0] });

  function binary(f, partials, a, b) {
    return {
      f: (p) => f(a.f(p), b.f(p)),
      d: (p) => {
        const [u, ux, uy] = a.d(p);
        const [v, vx, vy] = b.d(p);
        const [fu, fv] = partials(u, v);
        return [f(u, v), fu * ux + fv * vx, fu * uy + fv * vy];
      },
    };
  }
  const SUMS = {
    "+": [(u, v) => u + v, () => [1, 1]],
    "-": [(u, v) => u - v, () => [1, -1]],
    "*": [(u, v) => u * v, (u, v) => [v, u]],
    "/": [(u, v) => u / v, (u, v) => [1 / v, -u / (v * v)]],
  };

  function power(a, b) {
    if (b.fixed !== undefined) {
      const n = b.fixed;
      return {
        f: (p) => a.f(p) ** n,
        d: (p) => {
          const [u, ux, uy] = a.d(p);
          const slope = n === 0 ? 0 : n * u ** (n - 1);
          return [u ** n, slope * ux, slope * uy];
        },
      };
    }
    const slopes = (u, v) => [v === 0 ? 0 : v * u ** (v - 1), u === 0 && v >= 0 ? 0 : u ** v * Math.log(u)];
    return binary((u, v) => u ** v, slopes, a, b);
  }

  function unary([f, slope], a) {
    return {
      f: (p) => f(a.f(p)),
      d: (p) => {
        const [u, ux, uy] = a.d(p);
        const k = slope(u);
        return [f(u), k * ux, k * uy];
      },
    };
  }

  function choose(pick, a, b) {
    /* Where both are equal, each has half of the slope, as in PyTorch. */
    return binary(pick, (u, v) => (u === v ? [0.5, 0.5] : pick(u, v) === u ? [1, 0] : [0, 1]), a, b);
  }

  function read(list) {
    let [at, depth] = [0, 0];
    const is = (...signs) => list[at]?.kind === "sign" && signs.includes(list[at].value);
    const expect = (sign) => {
      if (!is(sign)) refuse(at < list.length ? `'${sign}' is missing before '${list[at].value}'` : `'${sign}' is missing at the end`);
      at += 1;
    };
    const deeper = (f) => {
      depth += 1;
      if (depth > DEEPEST) refuse(`it is nested more than ${DEEPEST} deep`);
      const node = f();
      depth -= 1;
      return node;
    };
    function chain(signs, inner) {
      let node = inner();
      while (is(...signs)) {
        const sign = list[at].value;
        at += 1;
        node = binary(...SUMS[sign], node, inner());
      }
      return node;
    }
    const sum = () => chain(["+", "-"], product);
    const product = () => chain(["*", "/"], sign);
    function sign() {
      if (!is("-", "+")) return raised();
      const negative = list[at].value === "-";
      at += 1;
      const node = deeper(sign);
      if (!negative) return node;
      return node.fixed === undefined ? binary(...SUMS["*"], constant(-1), node) : constant(-node.fixed);
    }
    function raised() {
      const base = atom();
      if (!is("^")) return base;
      at += 1;
      return power(base, deeper(sign));
    }
    function atom() {
      const token = list[at];
      if (!token) refuse("something is missing at the end");
      at += 1;
      if (token.kind === "number") return constant(token.value);
      if (token.kind === "sign") {
        if (token.value !== "(") refuse(`'${token.value}' stands where a number or a name should`);
        const node = deeper(sum);
        expect(")");
        return node;
      }
      if (VARIABLES.has(token.value)) return variable(VARIABLES.get(token.value));
      if (CONSTANTS.has(token.value)) return constant(CONSTANTS.get(token.value));
      if (!FUNCTIONS.has(token.value) && !TWO.has(token.value)) {
        refuse(`'${token.value.slice(0, 20)}' is not known; use ${NAMES.join(", ")}`);
      }
      expect("(");
      const first = deeper(sum);
      if (FUNCTIONS.has(token.value)) {
        expect(")");
        return unary(FUNCTIONS.get(token.value), first);
      }
      expect(",");
      const second = deeper(sum);
      expect(")");
      return choose(TWO.get(token.value), first, second);
    }
    const node = sum();
    if (at < list.length) refuse(`'${list[at].value}' is one too many`);
    return node;
  }

  /* {value(p), gradient(p)} of a text, or {error}: one line that says what is wrong. */
  function parse(text) {
    try {
      if (typeof text !== "string" || text.trim() === "") refuse("it is empty; write for example x^2 + 3*y^2");
      if (text.length > LONGEST) refuse(`it is longer than ${LONGEST} characters`);
      const node = read(tokens(text));
      return { value: node.f, gradient: (p) => node.d(p).slice(1) };
    } catch (error) {
      if (error instanceof Refused) return { error: error.message };
      throw error;
    }
  }

  Object.assign(gp, { parse, longestFunction: LONGEST });
})(window.gradpath ??= {});
