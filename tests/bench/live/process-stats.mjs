// What a process has used, as the kernel counts it.
import { readdirSync, readFileSync } from 'node:fs';

/** How many of them `utime` and `stime` count a second; fixed in Linux's interface. */
const ticksPerSecond = 100;

/** The processor time of a process so far, in us, all threads that live. */
export function cpuOf(pid) {
  const threads = new Map();
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    try {
      const [ns] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ');
      threads.set(thread, Number(ns) / 1e3);
    } catch {
      // It has ended since it was listed.
    }
  }
  return { threads, whole: wholeOf(pid) };
}

/** us between two readings. Threads that ended in between are in the coarser count of the whole process. */
export function cpuBetween(before, after) {
  const isSame = [...before.threads.keys()].every((thread) => after.threads.has(thread));
  if (!isSame) return after.whole - before.whole;
  let sum = 0;
  for (const [thread, us] of after.threads) sum += us - (before.threads.get(thread) ?? 0);
  return sum;
}

function wholeOf(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name, in parentheses, may hold anything; what follows it does not.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1e6) / ticksPerSecond;
}

/** Bytes of memory of a process that are resident. */
export function memoryOf(pid) {
  const [, kib] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) * 1024;
}

/** Looks at a process's memory many times a second. @returns `highest`, since last asked, and `stop` */
export function watchMemory(pid) {
  let most = 0;
  const look = () => (most = Math.max(most, memoryOf(pid)));
  const timer = setInterval(() => {
    try {
      look();
    } catch {
      // It has ended; whoever waits for it hears of that.
      clearInterval(timer);
    }
  }, 50);
  return {
    highest: () => {
      const highest = most;
      most = 0;
      return highest;
    },
    stop: () => clearInterval(timer),
  };
}
