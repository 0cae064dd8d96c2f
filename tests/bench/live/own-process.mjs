// Runs a measurement in a process of its own (one.mjs).
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const one = fileURLToPath(new URL('./one.mjs', import.meta.url));
/** After this time the measurement hangs, or the machine is busy. */
const mostMs = 240_000;

/** @returns the figures of a measurement; its process, and the servers that it started, end with it */
export async function inItsOwnProcess(task, env = {}) {
  const child = fork(one, { detached: true, env: { ...process.env, ...env } });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const timer = setTimeout(() => process.kill(-child.pid, 'SIGKILL'), mostMs);
  const answer = await new Promise((resolve) => {
    child.once('message', resolve);
    void ended.then((code) =>
      resolve({ failed: `it ended with ${code}, or took more than ${mostMs / 1000} s` }),
    );
    child.send(task);
  });
  await ended;
  clearTimeout(timer);
  if (answer.failed) throw new Error(answer.failed);
  return answer.figures;
}

/** Figures in log format. */
export function brief(figures) {
  const short = ([name, value]) => [name, typeof value === 'number' ? Number(value.toPrecision(4)) : value];
  return JSON.stringify(Object.fromEntries(Object.entries(figures).map(short)));
}
