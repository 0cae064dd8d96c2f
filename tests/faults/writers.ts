import { setTimeout as pause } from 'node:timers/promises';
import type { Chance } from './chance.ts';
import type { Claim, Member } from './member.ts';

/** People type this fast at most, in milliseconds between two edits: much faster than hands. */
const longestPauseMs = 6;

/** People who write all the time, until they are asked to stop. */
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

/** Waits for so many events (an edit written, received or acknowledged) among some people. */
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

/** What must be there whatever happens to the server: what was acknowledged, and what somebody else had received. */
export function owed(members: readonly Member[]): Claim[] {
  return members.flatMap((member) => {
    const others = members.filter((other) => other !== member);
    const acknowledged = new Set(member.acknowledged);
    return member.written.filter(
      (claim) => acknowledged.has(claim) || others.some((other) => other.has(claim)),
    );
  });
}

/** Waits until all that these people wrote is on disk and all see the same. */
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
