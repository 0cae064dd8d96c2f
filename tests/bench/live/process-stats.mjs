// Resource use of a process, as counted by the kernel.
import { readdirSync, readFileSync } from 'node:fs';

/** Units of `utime` and `stime` per second; fixed in Linux's interface. */
const ticksPerSecond = 100;

/** CPU time of a process so far, in us, of all live threads. */
export function cpuOf(pid) {
  const threads = new Map();
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    try {
      const [ns] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ');
      threads.set(thread, Number(ns) / 1e3);
    } catch {
      // The thread has ended since it was listed.
    }
  }
  return { threads, whole: wholeOf(pid) };
}

/**
 * CPU time between two readings, in us. Threads that ended in between are in the coarser count of the whole process.
 */
export function cpuBetween(before, after) {
  const isSame = [...before.threads.keys()].every((thread) => after.threads.has(thread));
  if (!isSame) return after.whole - before.whole;
  let sum = 0;
  for (const [thread, us] of after.threads) sum += us - (before.threads.get(thread) ?? 0);
  return sum;
}

function wholeOf(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name, in parentheses, may contain anything; the fields after it do not.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1e6) / ticksPerSecond;
}

/** Resident memory of a process, in bytes. */
export function memoryOf(pid) {
  const [, kib] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) * 1024;
}

/** Samples a process's memory many times a second. @returns `highest`, since the last call, and `stop` */
export function watchMemory(pid) {
  let most = 0;
  const look = () => (most = Math.max(most, memoryOf(pid)));
  const timer = setInterval(() => {
    try {
      look();
    } catch {
      // The process has ended; others that wait for it notice.
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
