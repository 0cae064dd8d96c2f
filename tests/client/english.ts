import { setLanguage } from '../../client/text/messages.svelte.ts';

// As the page does before it draws anything.
await setLanguage('en');
