import { setTimeout as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes that this process holds when all that can be freed has been: the heap, and buffers outside of it. */
export async function memoryHeld(): Promise<number> {
  // What outlives one collection only by its finalizer goes with the next; buffers go a little later.
  for (let i = 0; i < 3; i++) {
    collect();
    await pause(20);
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
