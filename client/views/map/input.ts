/** Keys and drags on the map. They load right after the first paint: nobody presses a key before there is a map. */
export { dragCards } from './drag.ts';
export { pressKey } from './keys.ts';
export { writeKey } from './writing.ts';
