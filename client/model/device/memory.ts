import * as v from 'valibot';
import { parseJsonAs } from '$shared/json.ts';
import { roles } from '$shared/roles.ts';
import { startViews } from '$shared/views.ts';
import { storageKey } from './storage-key.ts';

/**
 * The memory of this device, since there are no accounts: the person's name and colour, the boards visited and the
 * links seen. The browser may delete it at any time or never keep it (private windows); the page then asks again.
 */
const text = v.optional(v.string(), '');
const roleSchema = v.picklist(roles);

const visitSchema = v.object({
  board: v.string(),
  title: v.string(),
  start: v.optional(v.fallback(v.picklist(startViews), startViews[0]), startViews[0]),
  role: roleSchema,
  /** The person's id on that board: the `seat` of the server's routes. */
  person: v.string(),
  name: text,
  color: text,
  /** The secret of the link that the person joined by. */
  secret: v.string(),
  /** The key that makes the device the same person when it joins again. */
  device: v.string(),
  /** Milliseconds since 1970. */
  lastOpened: v.number(),
});
/** A membership that this device took on a board. */
export type Visit = v.InferOutput<typeof visitSchema>;

const keptLinkSchema = v.object({
  board: v.string(),
  role: roleSchema,
  link: v.string(),
  /** The server's id of the link; empty if unknown. */
  id: v.optional(v.string(), ''),
});
/** A link whose secret this device has seen. The server shows the secret once and keeps only a hash. */
export type KeptLink = v.InferOutput<typeof keptLinkSchema>;

/** The direction of this person's map: that of the page's language, or the same in all languages. */
export const mapDirections = ['page', 'ltr', 'rtl'] as const;
export type MapDirection = (typeof mapDirections)[number];

const memorySchema = v.object({
  key: text,
  name: text,
  color: text,
  language: text,
  visits: v.optional(v.fallback(v.array(visitSchema), []), []),
  links: v.optional(v.fallback(v.array(keptLinkSchema), []), []),
  /** True if single-letter shortcuts are on. The name is stored on devices. */
  letters: v.optional(v.boolean(), true),
  /** True if other people's pointers, reactions and sounds are off. */
  calm: v.optional(v.fallback(v.boolean(), false), false),
  mapDirection: v.optional(v.fallback(v.picklist(mapDirections), 'page'), 'page'),
  /** Boards whose facilitator link has been copied. */
  saved: v.optional(v.fallback(v.array(v.string()), []), []),
});
type Memory = v.InferOutput<typeof memorySchema>;

/** The memory while the page is open, for browsers that store nothing. */
let unsaved: Memory = v.parse(memorySchema, {});

/** True unless the browser refused the last write: the memory then ends with the page. */
let isKept = true;

/** True if the device remembers what was last to be remembered. */
export function isRemembered(): boolean {
  return isKept;
}

/** Reads the memory of the device. */
export function recall(): Memory {
  try {
    return parseJsonAs(memorySchema, localStorage.getItem(storageKey) ?? '') ?? unsaved;
  } catch {
    return unsaved;
  }
}

/** Reads the memory again before it writes, because another tab may have written to it. */
export function remember(change: (now: Memory) => Partial<Memory>): void {
  const now = recall();
  const next = { ...now, ...change(now) };
  unsaved = next;
  try {
    localStorage.setItem(storageKey, JSON.stringify(next));
    isKept = true;
  } catch {
    isKept = false;
    // Storage is full or forbidden. `unsaved` holds the memory while the page is open.
  }
}
