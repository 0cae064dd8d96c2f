/** What the server answers when Ana joins. */
export const anaJoined = {
  board: 'b',
  role: 'participant',
  person: 'ana',
  name: 'Ana',
  color: '#0b7a75',
  title: 'Library',
  start: 'map',
} as const;
