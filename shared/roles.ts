/** Who is in the room; METHOD's three roles. A role comes with the link by which a person joined. */
export const roles = ['facilitator', 'participant', 'observer'] as const;
export type Role = (typeof roles)[number];

/**
 * What a role may do to the board. The page hides what is not allowed; the server's guard refuses it.
 * `structure` is the frame of the map: phases, steps, lanes, personas.
 */
export type Power = 'write' | 'structure' | 'invite';

const powers: Record<Role, readonly Power[]> = {
  facilitator: ['write', 'structure', 'invite'],
  participant: ['write'],
  observer: [],
};

export function may(role: Role, power: Power): boolean {
  return powers[role].includes(power);
}
