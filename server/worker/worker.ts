import { parentPort } from 'node:worker_threads';
import { messageOf } from '../errors.ts';
import type { Answer, Order } from './jobs.ts';
import { jobs } from './jobs.ts';

/*
 * The thread for jobs that would delay people on the main thread. It has no state between jobs, so a thread that dies
 * can be replaced.
 */
const port = parentPort;
if (!port) throw new Error('This file is the entry of a worker thread.');

port.on('message', (order: Order) => {
  const answer = answerTo(order);
  port.postMessage(answer, answer.kind === 'done' ? buffersOf(answer.result) : []);
});

function answerTo({ name, input }: Order): Answer {
  try {
    // The client is typed, so the input fits the named job.
    const job = jobs[name] as (...input: readonly unknown[]) => unknown;
    return { kind: 'done', result: job(...input) };
  } catch (error) {
    return { kind: 'failed', message: messageOf(error) };
  }
}

/** The buffers of a result, to be transferred instead of copied. */
function buffersOf(result: unknown): ArrayBuffer[] {
  if (typeof result !== 'object' || result === null) return [];
  const parts: unknown[] = result instanceof Uint8Array ? [result] : Object.values(result);
  return parts.flatMap((part) =>
    // A small Buffer is part of a pool that Node shares, so it is copied.
    part instanceof Uint8Array &&
    part.buffer instanceof ArrayBuffer &&
    part.byteLength === part.buffer.byteLength
      ? [part.buffer]
      : [],
  );
}
