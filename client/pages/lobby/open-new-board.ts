import { personColors } from '$shared/collections/person-colors.ts';
import type { Template } from '../../model/api/boards.ts';
import { createBoard } from '../../model/api/boards.ts';
import { join } from '../../model/api/joining.ts';
import { rememberLink, secretOf } from '../../model/device/links.ts';
import { keepsCookies } from '../../model/device/cookies.ts';
import { deviceKey, lastSelf } from '../../model/device/preferences.ts';
import { markNew } from '../../model/device/tab.ts';
import { rememberVisit } from '../../model/device/visits.ts';
import { navigate, startPath } from '../../router.svelte.ts';
import type { Language } from '../../text/languages.ts';

/** What the lobby knows of a board to create, and of the person who creates it. */
export interface NewBoard {
  readonly title: string;
  readonly template: Template;
  readonly language: Language;
  /** The name of the person on the board. */
  readonly self: string;
  /** False if the name stands in for one that the person has not typed. The device does not remember it. */
  readonly named: boolean;
  /** The language of the page. */
  readonly speaks: Language;
  /** The key that the server requires for creating boards; null if it requires none. */
  readonly key: string | null;
}

/**
 * Creates a board, joins it as its facilitator and opens it. If joining fails, opens the join page of the facilitator
 * link: the board exists, and the person can try again there.
 * @returns the error if there is no board: the server's, or `no-cookies`, before anything was made; else null
 */
export async function openNewBoard(wanted: NewBoard): Promise<{ readonly code: string } | null> {
  if (!keepsCookies()) return { code: 'no-cookies' };
  const { title, template, language } = wanted;
  const made = await createBoard({ title, template, language }, wanted.key);
  if (!made.ok) return made;
  const { board, links } = made.value;
  for (const role of ['observer', 'participant', 'facilitator'] as const) {
    rememberLink({ board, role, link: links[role], id: '' });
  }
  markNew(board);
  const before = lastSelf();
  const secret = secretOf(links.facilitator);
  const device = deviceKey();
  const color = personColors.find((one) => one.color === before.color)?.color;
  const joined = await join({ link: secret, name: wanted.self, color, language: wanted.speaks, device });
  if (!joined.ok) {
    navigate(`/join#${secret}`);
    return null;
  }
  const visit = { ...joined.value, secret, device, lastOpened: Date.now() };
  rememberVisit(visit, links.facilitator, color ?? null, wanted.named ? visit.name : before.name);
  navigate(startPath(board, visit.start));
  return null;
}
