import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { ConfigError, readConfig } from './config.ts';
import type { ResaServer } from './serve.ts';
import { openServer, StartError } from './serve.ts';

/** The page is built next to the server: dist/client and dist/server. */
const staticRoot = fileURLToPath(new URL('../client', import.meta.url));

/**
 * Runs a full garbage collection when memory use is three times what the last collection left. By default V8 collects a
 * small heap every 8 MB, buffers included: once a second under load, for 15 to 30 ms. Figures: docs/PERFORMANCE.md.
 */
setFlagsFromString('--heap-growing-percent=200');

let server: ResaServer | null = null;
try {
  const config = readConfig(process.env);
  server = await openServer({ ...config, staticRoot });
  stopOnSignal(server);
  const { url } = await server.listen();
  console.log(`Resa is at ${url}`);
  if (process.argv[2] === 'demo') await printDemo(server, url);
  const isOpenToOthers = config.host === '0.0.0.0' || config.host === '::';
  if (isOpenToOthers && config.publicUrl === null) {
    console.log('For people on other machines, set PUBLIC_URL to the address by which they reach this one.');
  }
} catch (error) {
  if (!(error instanceof ConfigError) && !(error instanceof StartError)) throw error;
  console.error(error.message);
  await server?.close();
  process.exit(1);
}

async function printDemo(server: ResaServer, url: string): Promise<void> {
  // Create the links first: that may write to the log, and its lines would appear between the links.
  const links = await server.demo();
  console.log('\nThe board "A day with Lövtåg":');
  for (const { role, secret, isRevoked } of links) {
    console.log(
      `  ${`${role}:`.padEnd(13)}${isRevoked ? '(turned off by a facilitator)' : `${url}/join#${secret}`}`,
    );
  }
  console.log('\nOpen one in a browser. Press Ctrl+C to stop; everything is saved.');
}

/** A longer stop means that the disk does not answer. Supervisors kill after 20 s or more. */
const patienceMs = 17_000;

/** The first signal stops the server in order; a second one ends it at once. */
function stopOnSignal(server: ResaServer): void {
  let isStopping = false;
  const stop = () => {
    if (isStopping) process.exit(1);
    isStopping = true;
    setTimeout(giveUp, patienceMs);
    server.close().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

/** Not `exit`, which waits for pending writes. Acknowledged edits are on disk in any case. */
function giveUp(): void {
  console.error(`The stop took more than ${patienceMs / 1000} s. Something hangs, so the process ends now.`);
  process.kill(process.pid, 'SIGKILL');
}
