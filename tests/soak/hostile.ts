import { spawnSync } from 'node:child_process';
import { cpus, setPriority } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { Chance } from '../faults/chance.ts';
import { attacks } from './attacks.ts';
import type { Way } from './line.ts';
import { Line } from './line.ts';

/** A hostile person, and what they may do. */
export interface Hostile {
  readonly way: Way;
  readonly sockets: number;
  /** Whether to leave out lasting attacks. */
  readonly isPassing: boolean;
}

/** The first message to this process. At its end the process answers how often each attack was made. */
export interface Orders {
  readonly hostile: readonly Hostile[];
  readonly seed: number;
}
export type Deeds = Readonly<Record<string, number>>;

/** The duration of an attack; the socket then starts another one. */
const shortestMs = 2_000;
const longestMs = 8_000;

const deeds: Record<string, number> = {};

/** One of the hostile sockets: runs random attacks, one at a time. */
async function attackOn({ way, isPassing }: Hostile, chance: Chance): Promise<never> {
  const mine = attacks.filter(({ isLasting = false }) => !(isPassing && isLasting));
  for (;;) {
    const attack = mine[chance.below(mine.length)];
    const line = await Line.open(way).catch(() => null);
    if (!attack || !line) {
      await pause(500);
      continue;
    }
    const isOver = new AbortController();
    const outcome = attack.run(line, { chance, way, signal: isOver.signal }).catch(() => undefined);
    const most = pause(shortestMs + chance.below(longestMs - shortestMs), undefined, {
      signal: isOver.signal,
    });
    await Promise.race([outcome, most.catch(() => undefined)]);
    isOver.abort();
    line.close();
    deeds[attack.name] = (deeds[attack.name] ?? 0) + 1;
    // The soak tests a number of open sockets, so a socket that was closed waits before it reconnects.
    await pause(200);
  }
}

process.once('message', ({ hostile, seed }: Orders) => {
  for (const [n, one] of hostile.entries()) {
    for (let i = 0; i < one.sockets; i++) void attackOn(one, new Chance(seed + 1_000 * n + i));
  }
  process.once('message', () => process.send?.(deeds, () => process.exit(0)));
});
process.once('disconnect', () => process.exit(0));
// Real attackers have their own machines: the soak measures what the server does, not who gets the processor. With a
// low priority alone, this process would still finish its time slice before the server or its disk is served. So Linux
// schedules it as idle, and keeps it on one processor.
setPriority(19);
spawnSync('chrt', ['--all-tasks', '--idle', '--pid', '0', String(process.pid)]);
if (cpus().length > 1)
  spawnSync('taskset', [
    '--all-tasks',
    '--cpu-list',
    '--pid',
    String(cpus().length - 1),
    String(process.pid),
  ]);
