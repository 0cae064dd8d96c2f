import type { KeptLink } from './memory.ts';
import { recall, remember } from './memory.ts';

const mostLinks = 200;
/** Boards whose link was copied. The oldest are dropped first. */
const mostSaved = 50;

export function rememberLink(link: KeptLink): void {
  remember((now) => ({
    links: [link, ...now.links.filter((one) => secretOf(one.link) !== secretOf(link.link))].slice(
      0,
      mostLinks,
    ),
  }));
}

/** The links to a board that this device has seen, latest first. */
export function linksOf(board: string): readonly KeptLink[] {
  return recall().links.filter((one) => one.board === board);
}

export function forgetLink(link: KeptLink): void {
  remember((now) => ({ links: now.links.filter((one) => one.link !== link.link) }));
}

/** True if the facilitator link of a board has been copied on this device. */
export function isLinkSaved(board: string): boolean {
  return recall().saved.includes(board);
}

export function markLinkSaved(board: string): void {
  remember((now) => ({ saved: [...new Set([...now.saved, board])].slice(-mostSaved) }));
}

/** The secret of a link: the part after `#`. The server needs nothing else. */
export function secretOf(link: string): string {
  return link.slice(link.lastIndexOf('#') + 1).trim();
}
