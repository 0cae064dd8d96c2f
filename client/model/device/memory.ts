import * as v from 'valibot';
import { parseJsonAs } from '$shared/json.ts';
import { roles } from '$shared/roles.ts';
import { startViews } from '$shared/views.ts';

/**
 * What this device remembers, since there are no accounts: who one was, which boards one was on, and the
 * links that it has seen. It may be gone at any time, or never be kept (private windows): then one is asked again.
 */
const text = v.optional(v.string(), '');
const roleSchema = v.picklist(roles);

const visitSchema = v.object({
  board: v.string(),
  title: v.string(),
  start: v.optional(v.fallback(v.picklist(startViews), startViews[0]), startViews[0]),
  role: roleSchema,
  /** The person as whom one was there: the `seat` of the server's routes. */
  person: v.string(),
  name: text,
  color: text,
  /** The secret of the link by which one came. */
  secret: v.string(),
  /** The key that makes one the same person on joining again. */
  device: v.string(),
  /** Milliseconds since 1970. */
  lastOpened: v.number(),
});
/** A seat that was taken on a board from this device. */
export type Visit = v.InferOutput<typeof visitSchema>;

const keptLinkSchema = v.object({
  board: v.string(),
  role: roleSchema,
  link: v.string(),
  /** The server's id of it, where it is known. */
  id: v.optional(v.string(), ''),
});
/** A link whose secret this device has seen; the server shows it once and keeps a hash. */
export type KeptLink = v.InferOutput<typeof keptLinkSchema>;

const memorySchema = v.object({
  key: text,
  name: text,
  color: text,
  language: text,
  visits: v.optional(v.fallback(v.array(visitSchema), []), []),
  links: v.optional(v.fallback(v.array(keptLinkSchema), []), []),
  /** Whether single-letter shortcuts are on. */
  letters: v.optional(v.boolean(), true),
  /** Boards whose facilitator link has been copied somewhere safe. */
  saved: v.optional(v.fallback(v.array(v.string()), []), []),
});
type Memory = v.InferOutput<typeof memorySchema>;

const storageKey = 'resa';
/** What is remembered for as long as the page is open where nothing can be stored. */
let unsaved: Memory = v.parse(memorySchema, {});

/** What the device remembers just now. */
export function recall(): Memory {
  try {
    return parseJsonAs(memorySchema, localStorage.getItem(storageKey) ?? '') ?? unsaved;
  } catch {
    return unsaved;
  }
}

/** Reads anew before it writes: another tab may have written meanwhile. */
export function remember(change: (now: Memory) => Partial<Memory>): void {
  const now = recall();
  const next = { ...now, ...change(now) };
  unsaved = next;
  try {
    localStorage.setItem(storageKey, JSON.stringify(next));
  } catch {
    // Storage is full or forbidden: `unsaved` holds it while the page is open.
  }
}
