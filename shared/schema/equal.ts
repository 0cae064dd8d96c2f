/**
 * True if two plain values of a document are equal: JSON, `undefined`, bytes. Primitives are compared by `Object.is`,
 * so NaN equals NaN and 0 differs from -0. The order of keys does not matter. A missing key differs from `undefined`,
 * and an array from an object. Any other object, such as a Yjs type, equals only itself.
 */
export function isEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a)) return Array.isArray(b) && areEqual(a, b);
  if (isBytes(a)) return isBytes(b) && areEqual(a, b);
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

/** True for real bytes. `instanceof` would also take an object that an update gave such a prototype. */
function isBytes(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && value instanceof Uint8Array;
}

/** True for `{}`, in any realm. False if an update gave the object its own prototype, by the key `__proto__`. */
function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
