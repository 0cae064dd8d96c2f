/** The three roles of the method. A person's role comes from the link that they joined by. */
export const roles = ['facilitator', 'participant', 'observer'] as const;
export type Role = (typeof roles)[number];

/**
 * What a role may do to the board. The page hides what is not allowed, and the server refuses it. `write`: cards, ideas
 * and emotions. `structure`: the frame of the map, which is phases, steps, lanes and personas. `invite`: links.
 * `rename`: the board's title. `versions`: everything that concerns earlier states of the whole document: keep a
 * version and restore it, remove what was added since, rebuild, and decide about lost edits. `session`: lead the
 * workshop session, change its agenda, and read its log.
 */
export const powers = ['write', 'structure', 'invite', 'rename', 'versions', 'session'] as const;
export type Power = (typeof powers)[number];

export const isPower = (word: unknown): word is Power => powers.some((power) => power === word);

const powersOf: Record<Role, readonly Power[]> = {
  facilitator: powers,
  participant: ['write'],
  observer: [],
};

export function may(role: Role, power: Power): boolean {
  return powersOf[role].includes(power);
}
