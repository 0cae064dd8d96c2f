/** The key in `localStorage` of what the device remembers. The name is stored on devices. */
export const storageKey = 'resa';
