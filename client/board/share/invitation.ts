import type { Language } from '../../text/languages.ts';
import { languages } from '../../text/languages.ts';

/** The roles that an invitation is for. A facilitator link is handed over in person. */
export const guestRoles = ['participant', 'observer'] as const;
export type GuestRole = (typeof guestRoles)[number];

type Texts = Readonly<Record<`share.invitation.${GuestRole}`, string>>;

const files = import.meta.glob<{ readonly default: Texts }>('../../text/*/share.json');

/**
 * The language in which an invitation is offered first: the board's, since that is what its guests read, else the page's.
 * @param board the board's language (BCP 47), empty if it is not known
 */
export function invitationLanguage(board: string, page: Language): Language {
  const [tongue] = board.toLowerCase().split('-');
  return languages.find((one) => one === tongue) ?? page;
}

/**
 * The text to send to people, in any language of the interface, whatever the language of the page.
 * @param title the title of the board
 * @param link the link of the role
 */
export async function invitationText(
  language: Language,
  role: GuestRole,
  { title, link }: { readonly title: string; readonly link: string },
): Promise<string> {
  const texts = (await files[`../../text/${language}/share.json`]?.())?.default;
  const text = texts?.[`share.invitation.${role}`] ?? '{title}\n{link}';
  return text.replace(/\{(title|link)\}/g, (_, name) => (name === 'title' ? title : link));
}
