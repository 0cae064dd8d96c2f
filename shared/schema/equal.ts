/**
 * True if two plain values of a document are equal: JSON, `undefined`, bytes. Primitives are compared by `Object.is`,
 * so NaN equals NaN and 0 differs from -0. The order of keys does not matter. A missing key differs from `undefined`,
 * and an array from an object. Any other object, such as a Yjs type, equals only itself.
 */
export function isEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a)) return Array.isArray(b) && areEqual(a, b);
  if (a instanceof Uint8Array) return b instanceof Uint8Array && areEqual(a, b);
  if (!isPlain(a) || !isPlain(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && isEqual(a[key], b[key]))
  );
}

function areEqual(a: ArrayLike<unknown>, b: ArrayLike<unknown>): boolean {
  for (let at = 0; at < a.length; at++) if (!isEqual(a[at], b[at])) return false;
  return a.length === b.length;
}

/** True for `{}`, in any realm. False if an update gave the object its own prototype, by the key `__proto__`. */
function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
