import { readdirSync } from 'node:fs';
import type { Area } from '../../client/text/areas.ts';
import { loadMessages } from '../../client/text/messages.svelte.ts';

/** All areas, so that a test may draw any part of the page by itself. */
const areas = readdirSync('client/text/en').map((file) => file.replace('.json', '') as Area);

await loadMessages(areas);
