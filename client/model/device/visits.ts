import { linksOf, rememberLink, secretOf } from './links.ts';
import type { Visit } from './memory.ts';
import { recall, remember } from './memory.ts';
import { readTab, membershipKey, chooseMembership } from './tab.ts';

/** More boards than anyone looks through. The oldest are dropped first. */
const mostVisits = 50;

/** Memberships taken on this device, latest first. */
export function visits(): readonly Visit[] {
  return recall().visits.toSorted((a, b) => b.lastOpened - a.lastOpened);
}

/**
 * Records a new membership, its link, and the person's name. Makes it this tab's membership on the board.
 * @param chosen the colour that the person chose; null if the server chose it, so that other boards do not offer it
 * @param name the name to offer on other boards
 */
export function rememberVisit(visit: Visit, link: string, chosen: string | null, name = visit.name): void {
  remember((now) => ({
    name,
    color: chosen ?? now.color,
    visits: [
      visit,
      ...before(visit.lastOpened, now.visits).filter(
        (one) => one.board !== visit.board || one.person !== visit.person,
      ),
    ].slice(0, mostVisits),
  }));
  // A known link may already have its id, and the address that the server gave it.
  const known = linksOf(visit.board).some((one) => secretOf(one.link) === visit.secret);
  if (!known) rememberLink({ board: visit.board, role: visit.role, link, id: '' });
  chooseMembership(visit.board, visit.person);
}

/** Records that a board was opened again, and its current title. */
export function touchVisit(board: string, person: string, title: string, now: number): void {
  remember((memory) => ({
    visits: before(now, memory.visits).map((one) =>
      one.board === board && one.person === person ? { ...one, title, lastOpened: now } : one,
    ),
  }));
}

/** Caps all visits below the current time. A later visit was written while the clock was ahead. */
function before(now: number, all: readonly Visit[]): readonly Visit[] {
  return all.map((one) => ({ ...one, lastOpened: Math.min(one.lastOpened, now - 1) }));
}

/** Removes a board from the list, with the links to it. */
export function forgetVisit(visit: Visit): void {
  remember((now) => {
    const left = now.visits.filter((one) => one.board !== visit.board || one.person !== visit.person);
    const others = left.some((one) => one.board === visit.board);
    return { visits: left, links: others ? now.links : now.links.filter((one) => one.board !== visit.board) };
  });
}

/** The person of this tab on a board: the tab's own, else the latest of this device; null if there is none. */
export function membershipOn(board: string): string | null {
  return readTab(membershipKey(board)) ?? visits().find((visit) => visit.board === board)?.person ?? null;
}
