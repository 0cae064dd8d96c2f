import * as v from 'valibot';
import type { StartView } from '$shared/documents.ts';
import { newId } from '$shared/id.ts';
import { roles } from '$shared/roles.ts';

/**
 * What this device remembers, since there are no accounts: who one was, which boards one was on, and the
 * links that it has seen. It may be gone at any time, or never be kept (private windows): then one is asked again.
 */
const text = v.optional(v.string(), '');
const roleSchema = v.picklist(roles);

const visitSchema = v.object({
  board: v.string(),
  title: v.string(),
  start: v.optional(v.picklist(['map', 'ideas'] satisfies StartView[]), 'map'),
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
/** More boards than anyone looks through; the oldest are forgotten. */
const mostVisits = 50;
const mostLinks = 200;

/** What is remembered for as long as the page is open where nothing can be stored. */
let unsaved: Memory = v.parse(memorySchema, {});

function recall(): Memory {
  try {
    const parsed = v.safeParse(memorySchema, JSON.parse(localStorage.getItem(storageKey) ?? 'null'));
    return parsed.success ? parsed.output : unsaved;
  } catch {
    return unsaved;
  }
}

/** Reads anew before it writes: another tab may have written meanwhile. */
function remember(change: (now: Memory) => Partial<Memory>): void {
  const now = recall();
  const next = { ...now, ...change(now) };
  unsaved = next;
  try {
    localStorage.setItem(storageKey, JSON.stringify(next));
  } catch {
    // Storage is full or forbidden: `unsaved` holds it while the page is open.
  }
}

/** A secret of 32 characters that makes this device the same person on each return. */
export function deviceKey(): string {
  const { key } = recall();
  if (key !== '') return key;
  const made = newDeviceKey();
  remember(() => ({ key: made }));
  return made;
}

/** The key of someone else who uses this device. */
export function newDeviceKey(): string {
  return newId(32);
}

/** Name and colour as last chosen; empty where there were none. */
export function lastSelf(): { readonly name: string; readonly color: string } {
  const { name, color } = recall();
  return { name, color };
}

/** The language chosen on this device; empty where none was. */
export function chosenLanguage(): string {
  return recall().language;
}

export function rememberLanguage(language: string): void {
  remember(() => ({ language }));
}

/** Seats taken from this device, the latest first. */
export function visits(): readonly Visit[] {
  return recall().visits.toSorted((a, b) => b.lastOpened - a.lastOpened);
}

/**
 * Notes a seat that was just taken, its link and who one was, and makes it this tab's seat on the board.
 * @param chosen the colour that the person chose; null where the server gave one, which is not theirs elsewhere
 */
export function rememberVisit(visit: Visit, link: string, chosen: string | null): void {
  remember((now) => ({
    name: visit.name,
    color: chosen ?? now.color,
    visits: [
      visit,
      ...before(visit.lastOpened, now.visits).filter(
        (one) => one.board !== visit.board || one.person !== visit.person,
      ),
    ].slice(0, mostVisits),
  }));
  // A link that is known already may know its id too, and the address that the server gave it.
  const known = linksOf(visit.board).some((one) => secretOf(one.link) === visit.secret);
  if (!known) rememberLink({ board: visit.board, role: visit.role, link, id: '' });
  takeSeat(visit.board, visit.person);
}

/** Notes that a board was opened again, and its title of today. */
export function touchVisit(board: string, person: string, title: string, now: number): void {
  remember((memory) => ({
    visits: before(now, memory.visits).map((one) =>
      one.board === board && one.person === person ? { ...one, title, lastOpened: now } : one,
    ),
  }));
}

/** No visit is later than the one of this moment: where one says so, the clock was ahead of today's. */
function before(now: number, all: readonly Visit[]): readonly Visit[] {
  return all.map((one) => ({ ...one, lastOpened: Math.min(one.lastOpened, now - 1) }));
}

/** Takes a board off the list, with the links to it. */
export function forgetVisit(visit: Visit): void {
  remember((now) => {
    const left = now.visits.filter((one) => one.board !== visit.board || one.person !== visit.person);
    const others = left.some((one) => one.board === visit.board);
    return { visits: left, links: others ? now.links : now.links.filter((one) => one.board !== visit.board) };
  });
}

export function rememberLink(link: KeptLink): void {
  remember((now) => ({
    links: [link, ...now.links.filter((one) => secretOf(one.link) !== secretOf(link.link))].slice(
      0,
      mostLinks,
    ),
  }));
}

/** Links to a board that this device has seen, the latest first. */
export function linksOf(board: string): readonly KeptLink[] {
  return recall().links.filter((one) => one.board === board);
}

export function forgetLink(link: KeptLink): void {
  remember((now) => ({ links: now.links.filter((one) => one.link !== link.link) }));
}

/** Whether the facilitator link of a board has been copied from here. */
export function isLinkSaved(board: string): boolean {
  return recall().saved.includes(board);
}

export function markLinkSaved(board: string): void {
  remember((now) => ({ saved: [...new Set([...now.saved, board])].slice(-mostVisits) }));
}

/** Whether single-letter shortcuts are on; they are until someone switches them off. */
export function lettersOn(): boolean {
  return recall().letters;
}

export function rememberLetters(on: boolean): void {
  remember(() => ({ letters: on }));
}

/** The secret of a link, which is all that the server needs: what stands after its `#`. */
export function secretOf(link: string): string {
  return link.slice(link.lastIndexOf('#') + 1).trim();
}

const seatKey = (board: string) => `resa-seat-${board}`;
const newKey = 'resa-new-board';

/** Which person this tab is on a board: its own choice, else the latest seat of this device; null for none. */
export function seatOn(board: string): string | null {
  return readTab(seatKey(board)) ?? visits().find((visit) => visit.board === board)?.person ?? null;
}

/** Makes this tab a certain person on a board. */
export function takeSeat(board: string, person: string): void {
  writeTab(seatKey(board), person);
}

/** Notes that a board was just made in this tab, so that the share panel opens with it, once. */
export function markNew(board: string): void {
  writeTab(newKey, board);
}

/** Whether the share panel of a board that was just made in this tab has still to open. */
export function isNew(board: string): boolean {
  return readTab(newKey) === board;
}

export function takeNew(board: string): boolean {
  const found = isNew(board);
  if (found) writeTab(newKey, '');
  return found;
}

/** What a tab remembers where its storage is closed to us. */
const tab = new Map<string, string>();

function readTab(key: string): string | null {
  try {
    return sessionStorage.getItem(key) ?? tab.get(key) ?? null;
  } catch {
    return tab.get(key) ?? null;
  }
}

function writeTab(key: string, value: string): void {
  tab.set(key, value);
  try {
    sessionStorage.setItem(key, value);
  } catch {
    // `tab` holds it while the page is open.
  }
}
