const alphabet = '0123456789abcdefghijklmnopqrstuvwxyz';

/**
 * A random id of 14 characters (72 bits). Needs no secure context: `crypto.randomUUID` is missing on a page that is
 * served over plain HTTP in a local network.
 */
export function newId(length = 14): string {
  let id = '';
  while (id.length < length) {
    for (const byte of crypto.getRandomValues(new Uint8Array(length))) {
      // 252 is the largest multiple of 36 below 256. Larger bytes would make some characters more likely.
      if (byte < 252 && id.length < length) id += alphabet.charAt(byte % 36);
    }
  }
  return id;
}

/** Ids of records, people, links and boards: the characters allowed in a key, a URL and a file name. */
export const idPattern = /^[A-Za-z0-9_-]{1,64}$/;

/** True if a value from outside has the form of an id. */
export function isId(value: unknown): value is string {
  return typeof value === 'string' && idPattern.test(value);
}
