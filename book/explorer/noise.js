/* The normal numbers that PyTorch and {torch} draw on the CPU from a seed: a Mersenne Twister (Matsumoto and Nishimura
   1998) and the polar form of Box and Muller (1958), in float64, for fewer than 16 numbers at a time. */
"use strict";

((gp) => {
  const [N, M] = [624, 397];

  /* Uniform 32-bit numbers. */
  function twister(seed) {
    const state = new Uint32Array(N);
    state[0] = seed;
    for (let i = 1; i < N; i += 1) {
      const before = state[i - 1] ^ (state[i - 1] >>> 30);
      state[i] = Math.imul(1812433253, before) + i;
    }
    let at = N;
    return () => {
      if (at === N) {
        for (let i = 0; i < N; i += 1) {
          const y = (state[i] & 0x80000000) | (state[(i + 1) % N] & 0x7fffffff);
          state[i] = state[(i + M) % N] ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
        }
        at = 0;
      }
      let y = state[at];
      at += 1;
      y ^= y >>> 11;
      y ^= (y << 7) & 0x9d2c5680;
      y ^= (y << 15) & 0xefc60000;
      return (y ^ (y >>> 18)) >>> 0;
    };
  }

  /* Pairs of standard normal numbers, one pair per step of a path. */
  function normalPairs(seed) {
    const next = twister(seed >>> 0);
    /* 53 bits: the first draw is the high half. */
    const uniform = () => {
      const high = next() & 0x1fffff;
      return (high * 2 ** 32 + next()) / 2 ** 53;
    };
    return () => {
      const [u1, u2] = [uniform(), uniform()];
      const radius = Math.sqrt(-2 * Math.log1p(-u2));
      const angle = 2 * Math.PI * u1;
      return [radius * Math.cos(angle), radius * Math.sin(angle)];
    };
  }

  Object.assign(gp, { normalPairs });
})(window.gradpath ??= {});
