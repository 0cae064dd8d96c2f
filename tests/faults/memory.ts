import { setTimeout as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes that this process holds after everything that can be freed is: the heap, and buffers outside it. */
export async function memoryHeld(): Promise<number> {
  // Objects with finalizers survive one collection; buffers are freed a little later.
  for (let i = 0; i < 3; i++) {
    collect();
    await pause(20);
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
