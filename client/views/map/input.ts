/**
 * What people do on the map, and the pointers of others: keys, drags and fields. It loads right after the first paint,
 * since nobody presses a key before there is a map.
 */
export { default as LiveText } from '../../parts/LiveText.svelte';
export { default as Cursors } from './Cursors.svelte';
export { dragCards } from './drag.ts';
export { pressKey } from './keys.ts';
export { writeKey } from './writing.ts';
