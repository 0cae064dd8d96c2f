/**
 * Import this before anything of Yjs: `lib0` takes `Date.now` when it loads, and would keep the real one while a test
 * sets a fake one.
 */
const real = Date;
const now = Date.now;
real.now = () => (globalThis.Date === real ? now() : globalThis.Date.now());
