import type { KeptLink } from './memory.ts';
import { recall, remember } from './memory.ts';

const mostLinks = 200;
/** Boards whose link is known to be copied; the oldest are forgotten. */
const mostSaved = 50;

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
  remember((now) => ({ saved: [...new Set([...now.saved, board])].slice(-mostSaved) }));
}

/** The secret of a link, which is all that the server needs: what stands after its `#`. */
export function secretOf(link: string): string {
  return link.slice(link.lastIndexOf('#') + 1).trim();
}
