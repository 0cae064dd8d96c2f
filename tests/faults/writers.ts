import { setTimeout as pause } from 'node:timers/promises';
import type { Chance } from './chance.ts';
import type { Claim, Member } from './member.ts';

/** Longest time between two edits, in milliseconds: much faster than people type. */
const longestPauseMs = 6;

/** People who write continuously until they are stopped. */
export function keepWriting(members: readonly Member[], chance: Chance): { stop: () => Promise<void> } {
  let isOver = false;
  const writers = members.map(async (member) => {
    while (!isOver) {
      member.edit(chance);
      await pause(chance.below(longestPauseMs));
    }
  });
  return {
    async stop() {
      isOver = true;
      await Promise.all(writers);
    },
  };
}

/** Waits for this many events (an edit written, received or acknowledged) among some people. */
export function eventsAmong(members: readonly Member[], count: number): Promise<void> {
  return new Promise((resolve) => {
    let left = count;
    const stops = members.map((member) =>
      member.watch(() => {
        if (--left > 0) return;
        for (const stop of stops) stop();
        resolve();
      }),
    );
  });
}

/** What must exist whatever happens to the server: everything acknowledged, and everything that others received. */
export function owed(members: readonly Member[]): Claim[] {
  return members.flatMap((member) => {
    const others = members.filter((other) => other !== member);
    const acknowledged = new Set(member.acknowledged);
    return member.written.filter(
      (claim) => acknowledged.has(claim) || others.some((other) => other.has(claim)),
    );
  });
}

/** Waits until all edits of these people are on disk and all see the same. */
export async function agreed(members: readonly Member[]): Promise<void> {
  await Promise.all(members.map((member) => member.until(() => member.isSaved)));
  const [first] = members;
  const areEqual = () => members.every((member) => member.isSaved && member.state === first?.state);
  await new Promise<void>((resolve) => {
    const check = () => {
      if (!areEqual()) return;
      for (const stop of stops) stop();
      resolve();
    };
    const stops = members.map((member) => member.watch(check));
    check();
  });
}
