import type { Language } from '../../text/languages.ts';

/** The roles that an invitation is for. A facilitator link is handed over in person. */
export const guestRoles = ['participant', 'observer'] as const;
export type GuestRole = (typeof guestRoles)[number];

type Texts = Readonly<Record<`share.invitation.${GuestRole}`, string>>;

const files = import.meta.glob<{ readonly default: Texts }>('../../text/*/share.json');

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
