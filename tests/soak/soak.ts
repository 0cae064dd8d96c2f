import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { Chance } from '../faults/chance.ts';
import { join, makeBoard } from '../faults/invited.ts';
import type { Claim } from '../faults/member.ts';
import { Member } from '../faults/member.ts';
import { ServerProcess, temporaryFolder } from '../faults/server-process.ts';
import { HonestBoard } from './honest-board.ts';
import type { Deeds, Hostile, Orders } from './hostile.ts';

export interface SoakOptions {
  readonly seed: number;
  readonly quietMs: number;
  readonly attackMs: number;
  readonly boards: number;
  readonly peopleEach: number;
  readonly hostileSockets: number;
  /** The built program of `hostile.ts`. */
  readonly hostileProgram: string;
  /** Whether lasting attacks also run on boards with honest people. */
  readonly everywhere: boolean;
  readonly say: (line: string) => void;
}

export interface Times {
  readonly words: number;
  readonly p50: number;
  readonly p99: number;
  readonly worst: number;
}

/** What the server reports over a period: event-loop delay, and share of a core. */
export interface Load {
  readonly loopP99Ms: number;
  readonly coreShare: number;
}

export interface SoakReport {
  /** Of the boards without a hostile person. */
  readonly quiet: Times;
  readonly attacked: Times;
  /** Of the boards with a hostile person. */
  readonly quietAmong: Times;
  readonly attackedAmong: Times;
  /** Event-loop delay at p99 of the honest people's own process, in ms. */
  readonly ownLateMs: { readonly quiet: number; readonly attacked: number };
  readonly quietLoad: Load;
  readonly attackedLoad: Load;
  /** Resident memory of the server in MB: after a fifth of the attack, and at its end. */
  readonly early: number;
  readonly late: number;
  /**
   * The number of words that were acknowledged or that others had received, and those of them that are missing after
   * kill -9.
   */
  readonly owed: number;
  readonly lost: readonly Claim[];
  /** Whether everyone on a board, and people who join after the restart, have the same document. */
  readonly areEqual: boolean;
  /** Close codes of honest people's sockets; there should be none. */
  readonly closings: readonly (number | null)[];
  readonly serverErrors: readonly string[];
  readonly deeds: Deeds;
}

const metricsKey = 'a-key-for-the-figures-only';

/** The number of boards with a hostile person; the goal is about the others. */
const boardsAmong = 2;

/** Interval of memory samples. */
const lookEveryMs = 1_000;

/** Runs 50 people at work beside 100 sockets of five hostile people, then a power cut. */
export async function soak(options: SoakOptions): Promise<SoakReport> {
  const { say, seed } = options;
  const folder = await temporaryFolder();
  let server = await ServerProcess.start({
    folder: folder.path,
    env: { JOIN_PER_MINUTE: '10000', LOG_LEVEL: 'error', METRICS_KEY: metricsKey },
  });
  const load = watchLoad(server.url);
  // On SIGINT or SIGTERM, leave no server running.
  const giveUp = () => {
    process.kill(server.pid, 'SIGKILL');
    process.exit(130);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, giveUp);
  const boards: HonestBoard[] = [];
  try {
    for (let i = 0; i < options.boards; i++)
      boards.push(await HonestBoard.open(server.url, `Board ${i + 1}`, options.peopleEach));
    for (const [i, board] of boards.entries()) board.work(new Chance(seed + i));
    say(`${options.boards} boards of ${options.peopleEach}, ${options.quietMs / 1_000} s of quiet`);
    await pause(Math.min(5_000, options.quietMs / 4));
    const [among, apart] = [boards.slice(0, boardsAmong), boards.slice(boardsAmong)];
    takeTimes(boards);
    await load();
    const ownLate = watchOwnLoop();
    await pause(options.quietMs);
    const quiet = timesOf(takeTimes(apart));
    const quietAmong = timesOf(takeTimes(among));
    const quietLoad = await load();
    const ownQuietMs = ownLate();
    say(
      `quiet: ${told(quiet)}; then ${options.attackMs / 1_000} s with ${options.hostileSockets} hostile sockets`,
    );

    const hostile = await fiveHostile(server, boards, options);
    const attackers = fork(options.hostileProgram, { execArgv: [] });
    const orders: Orders = { hostile, seed };
    attackers.send(orders);
    const { tookMs, amongMs, memory } = await watch(server, apart, among, options);
    const attacked = timesOf(tookMs);
    const attackedAmong = timesOf(amongMs);
    const attackedLoad = await load();
    const ownLateMs = { quiet: ownQuietMs, attacked: ownLate() };
    attackers.send('enough');
    const [deeds] = (await once(attackers, 'message')) as [Deeds];

    await Promise.all(boards.map((board) => board.rest()));
    const closings = boards.flatMap((board) => board.closings);
    const claims = boards.map((board) => board.owed);
    const { port } = server;
    const serverErrors = server.errors;
    await server.kill();
    for (const board of boards) for (const member of board.members) member.provider.disconnect();
    server = await ServerProcess.start({ folder: folder.path, port });
    const { lost, areEqual } = await inspect(server.url, boards, claims);
    return {
      quiet,
      attacked,
      quietAmong,
      attackedAmong,
      ownLateMs,
      quietLoad,
      attackedLoad,
      early: median(memory.slice(Math.floor(memory.length * 0.15), Math.ceil(memory.length * 0.25))),
      late: median(memory.slice(Math.floor(memory.length * 0.95))),
      owed: claims.flat().length,
      lost,
      areEqual,
      closings,
      serverErrors: [...serverErrors, ...server.errors],
      deeds,
    };
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, giveUp);
    for (const board of boards) board.close();
    await server.kill();
    await folder.remove();
  }
}

/** Three people on two boards of their own, and one participant and one observer among honest people. */
async function fiveHostile(
  { url, port }: ServerProcess,
  [first, second]: readonly HonestBoard[],
  { hostileSockets, everywhere }: SoakOptions,
): Promise<Hostile[]> {
  const own = [await makeBoard(url, 'Lair'), await makeBoard(url, 'Den')];
  const links = [
    own[0]?.links.participant,
    own[0]?.links.facilitator,
    own[1]?.links.participant,
    first?.made.links.participant,
    second?.made.links.observer,
  ];
  const sockets = Math.ceil(hostileSockets / links.length);
  return Promise.all(
    links.map(async (link = '', i) => {
      const { board, token } = await join(url, link, `Mallory ${i + 1}`);
      const way = { port, path: `/sync/${board}/board?token=${token}`, from: `127.0.0.${i + 2}` };
      return { way, sockets, isPassing: i >= 3 && !everywhere };
    }),
  );
}

async function watch(
  server: ServerProcess,
  apart: readonly HonestBoard[],
  among: readonly HonestBoard[],
  { attackMs, say }: SoakOptions,
) {
  const tookMs: number[] = [];
  const amongMs: number[] = [];
  const memory: number[] = [];
  for (let passed = 0; passed < attackMs; passed += lookEveryMs) {
    await pause(lookEveryMs);
    memory.push(await residentOf(server.pid));
    tookMs.push(...takeTimes(apart));
    amongMs.push(...takeTimes(among));
    if ((passed / lookEveryMs) % 10 === 9)
      say(
        `  ${(passed + lookEveryMs) / 1_000} s: ${told(timesOf(tookMs.slice(-2_000)))}, ${memory.at(-1)?.toFixed(0) ?? ''} MB`,
      );
  }
  return { tookMs, amongMs, memory };
}

/** Joins each board and checks that it has everything owed, and the same document as everyone who was there. */
async function inspect(url: string, boards: readonly HonestBoard[], claims: readonly (readonly Claim[])[]) {
  const lost: Claim[] = [];
  let areEqual = true;
  for (const [i, { made, members }] of boards.entries()) {
    const olle = await Member.join(url, made.links.observer, 'Olle');
    await olle.until(() => olle.isSynced);
    lost.push(...(claims[i] ?? []).filter((claim) => !olle.has(claim)));
    // A later member's document contains the members who joined before.
    areEqual &&= members.every((member) => member.content === olle.content);
    olle.close();
  }
  return { lost, areEqual };
}

/** Returns a function that measures the load since its last call. */
function watchLoad(url: string): () => Promise<Load> {
  let last = { at: 0, cpu: 0 };
  return async () => {
    const answer = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${metricsKey}` } });
    const text = await answer.text();
    const figure = (name: string) =>
      Number(
        text
          .split('\n')
          .find((line) => line.startsWith(name))
          ?.split(' ')[1],
      );
    const now = { at: performance.now() / 1_000, cpu: figure('process_cpu_seconds_total') };
    const coreShare = (now.cpu - last.cpu) / (now.at - last.at);
    last = now;
    return { loopP99Ms: figure('resa_event_loop_delay_seconds{quantile="0.99"}') * 1_000, coreShare };
  };
}

/** Returns a function that measures this process's event-loop delay at p99 since its last call. */
function watchOwnLoop(): () => number {
  const resolutionMs = 1;
  const delays = monitorEventLoopDelay({ resolution: resolutionMs });
  delays.enable();
  return () => {
    const late = delays.percentile(99) / 1e6 - resolutionMs;
    delays.reset();
    return late;
  };
}

function takeTimes(boards: readonly HonestBoard[]): number[] {
  return boards.flatMap((board) => {
    const took = board.tookMs;
    board.tookMs = [];
    return took;
  });
}

function timesOf(tookMs: readonly number[]): Times {
  const sorted = [...tookMs].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
  return { words: sorted.length, p50: at(0.5), p99: at(0.99), worst: at(1) };
}

export const told = ({ words, p50, p99, worst }: Times): string =>
  `${words} words, p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, worst ${worst.toFixed(0)} ms`;

const median = (of: readonly number[]) => [...of].sort((a, b) => a - b)[Math.floor(of.length / 2)] ?? NaN;

/** Resident memory of a process in megabytes, as Linux counts it. */
async function residentOf(pid: number): Promise<number> {
  const [, kilobytes] = /VmRSS:\s+(\d+) kB/.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1024;
}
