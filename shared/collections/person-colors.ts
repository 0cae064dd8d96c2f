/**
 * Eight colours that a person chooses from when joining. The shape is drawn beside the name. A separate file from the
 * `people` collection, so that the join page needs no document code.
 */
export const personColors = [
  { id: 'violet', color: '#5b3df5', shape: 'circle' },
  { id: 'teal', color: '#0b7a75', shape: 'square' },
  { id: 'rose', color: '#c2334d', shape: 'triangle' },
  { id: 'blue', color: '#1f6fb2', shape: 'diamond' },
  { id: 'amber', color: '#9a5b00', shape: 'hexagon' },
  { id: 'plum', color: '#8e3b8c', shape: 'star' },
  { id: 'green', color: '#2f7a3b', shape: 'drop' },
  { id: 'brown', color: '#7a4e2d', shape: 'cross' },
] as const;
