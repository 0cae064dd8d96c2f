// The built server process for the measurements; each has its own folder, and is stopped by its process id.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The measured build. RESA_DIST names another. */
export const dist = resolve(process.env.RESA_DIST ?? fileURLToPath(new URL('../../dist', import.meta.url)));
export const programOf = (build) => join(build, 'server/main.js');
export const program = programOf(dist);
const running = new Set();
const folders = [];

/**
 * Starts a Node program and waits for its first line that matches.
 * @returns the match, the process id, and functions that end it
 */
export async function startProgram(args, pattern, env = {}) {
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.add(child);
  const ended = once(child, 'exit').then(() => running.delete(child));
  const said = await new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const found = pattern.exec(line);
      if (found) resolve(found[1]);
    });
    child.once('exit', (code) =>
      reject(new Error(`${args.at(-1)} ended with ${code} before it said that it is there.`)),
    );
  });
  const end = (signal) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    return ended;
  };
  return { said, pid: child.pid, stop: () => end('SIGTERM'), kill: () => end('SIGKILL') };
}

/** Starts a build's server on a data folder; `url` is its address. */
export async function startServer(folder, port = 0, build = dist) {
  const program = programOf(build);
  if (!existsSync(program))
    throw new Error(`There is no built server at ${program}: run \`npm run build\` first.`);
  const { said, stop, kill } = await startProgram([program], /^Resa is at (\S+)$/, {
    PORT: String(port),
    DATA_DIR: folder,
    LOG_LEVEL: 'error',
    CREATE_PER_MINUTE: '100000',
    JOIN_PER_MINUTE: '100000',
  });
  return { url: said, stop, kill };
}

export async function temporaryFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'resa-bench-'));
  folders.push(folder);
  return folder;
}

/** Stops what is still running, and removes what was written. */
export async function cleanUp() {
  for (const child of running) child.kill('SIGKILL');
  await Promise.all([...running].map((child) => once(child, 'exit')));
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
}
