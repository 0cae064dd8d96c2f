/** One replacement within a text: at `index`, `insert` replaces `remove` characters (UTF-16 units). */
export interface Splice {
  readonly index: number;
  readonly remove: number;
  readonly insert: string;
}

/** Returns the splice that turns `before` into `after`, as close as possible to the caret after typing. */
export function spliceBetween(before: string, after: string, caret = after.length): Splice {
  const mostSuffix = Math.min(before.length, after.length, Math.max(0, after.length - caret));
  let suffix = 0;
  while (suffix < mostSuffix && before.at(-1 - suffix) === after.at(-1 - suffix)) suffix++;
  let prefix = 0;
  const mostPrefix = Math.min(before.length, after.length) - suffix;
  while (prefix < mostPrefix && before[prefix] === after[prefix]) prefix++;
  // Never split a surrogate pair: Yjs cannot store half a character.
  if (prefix > 0 && isHighSurrogate(before.charCodeAt(prefix - 1))) prefix--;
  if (suffix > 0 && isLowSurrogate(before.charCodeAt(before.length - suffix))) suffix--;
  return {
    index: prefix,
    remove: before.length - suffix - prefix,
    insert: after.slice(prefix, after.length - suffix),
  };
}

const isHighSurrogate = (unit: number) => unit >= 0xd800 && unit <= 0xdbff;
const isLowSurrogate = (unit: number) => unit >= 0xdc00 && unit <= 0xdfff;
