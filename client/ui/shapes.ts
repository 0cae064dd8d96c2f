/** The eight shapes shown with a colour, so that colour is never the only sign. Paths in a box of 24 by 24. */
export const shapePaths = {
  circle: 'M12 2.5a9.5 9.5 0 1 0 0 19a9.5 9.5 0 0 0 0-19z',
  square:
    'M4.5 3h15a1.5 1.5 0 0 1 1.5 1.5v15a1.5 1.5 0 0 1-1.5 1.5h-15a1.5 1.5 0 0 1-1.5-1.5v-15a1.5 1.5 0 0 1 1.5-1.5z',
  triangle: 'M10.7 3.2a1.5 1.5 0 0 1 2.6 0l9.2 16a1.5 1.5 0 0 1-1.3 2.3H2.8a1.5 1.5 0 0 1-1.3-2.3z',
  diamond:
    'M10.9 1.6a1.6 1.6 0 0 1 2.2 0l9.3 9.3a1.6 1.6 0 0 1 0 2.2l-9.3 9.3a1.6 1.6 0 0 1-2.2 0l-9.3-9.3a1.6 1.6 0 0 1 0-2.2z',
  hexagon:
    'M11.2 1.6a1.6 1.6 0 0 1 1.6 0l8 4.6a1.6 1.6 0 0 1 .8 1.4v8.8a1.6 1.6 0 0 1-.8 1.4l-8 4.6a1.6 1.6 0 0 1-1.6 0l-8-4.6a1.6 1.6 0 0 1-.8-1.4V7.6a1.6 1.6 0 0 1 .8-1.4z',
  star: 'M12 1.2l3.2 6.9 7.5.9-5.5 5.2 1.4 7.5L12 18l-6.6 3.7 1.4-7.5L1.3 9l7.5-.9z',
  drop: 'M12 1.5c4 4.6 7.5 8.7 7.5 13a7.5 7.5 0 0 1-15 0c0-4.3 3.5-8.4 7.5-13z',
  cross: 'M9 2.5h6v6.5h6.5v6H15v6.5H9V15H2.5V9H9z',
} as const;
export type ShapeName = keyof typeof shapePaths;
