// `npm run soak`: 50 people at work beside 100 hostile sockets for ten minutes. It needs the build. `-- --minutes=1
// --quiet=20` takes less time; docs/PERFORMANCE.md says more.
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from './bundle.mjs';

process.env.RESA_DIST ??= fileURLToPath(new URL('../../dist', import.meta.url));

const [program, hostile] = [await bundle('run'), await bundle('hostile')];
const { run } = await import(program);
const code = await run(process.argv.slice(2), hostile);
await rm(dirname(program), { recursive: true });
process.exit(code);
