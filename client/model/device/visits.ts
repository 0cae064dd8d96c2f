import { linksOf, rememberLink, secretOf } from './links.ts';
import type { Visit } from './memory.ts';
import { recall, remember } from './memory.ts';
import { readTab, membershipKey, chooseMembership } from './tab.ts';

/** More boards than anyone looks through; the oldest are forgotten. */
const mostVisits = 50;

/** Memberships taken from this device, the latest first. */
export function visits(): readonly Visit[] {
  return recall().visits.toSorted((a, b) => b.lastOpened - a.lastOpened);
}

/**
 * Notes a membership that was just taken, its link and who one was, and makes it this tab's membership on the board.
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
  chooseMembership(visit.board, visit.person);
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

/** Which person this tab is on a board: its own choice, else the latest seat of this device; null for none. */
export function membershipOn(board: string): string | null {
  return readTab(membershipKey(board)) ?? visits().find((visit) => visit.board === board)?.person ?? null;
}
