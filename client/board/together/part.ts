/** What people do together on a board. It loads after the first paint: a board can be read without it. */
export { default as Faces } from './Faces.svelte';
export { default as PeopleList } from './PeopleList.svelte';
export { default as Together } from './Together.svelte';
export { default as Tools } from './Tools.svelte';
