/**
 * To be imported before anything of Yjs: `lib0` takes `Date.now` when it is loaded, and would go on with the real one
 * while a test moves a false one.
 */
const real = Date;
const now = Date.now;
real.now = () => (globalThis.Date === real ? now() : globalThis.Date.now());
