import { parentPort } from 'node:worker_threads';
import { messageOf } from '../errors.ts';
import type { Answer, Order } from './jobs.ts';
import { jobs } from './jobs.ts';

/*
 * The thread that does what takes too long beside people. It holds nothing between two jobs, so one that dies
 * is replaced and nothing is missing.
 */
const port = parentPort;
if (!port) throw new Error('This file is the entry of a worker thread.');

port.on('message', (order: Order) => {
  const answer = answerTo(order);
  port.postMessage(answer, answer.kind === 'done' ? buffersOf(answer.result) : []);
});

function answerTo({ name, input }: Order): Answer {
  try {
    // The desk is typed, so what it sends fits the job that it names.
    const job = jobs[name] as (...input: readonly unknown[]) => unknown;
    return { kind: 'done', result: job(...input) };
  } catch (error) {
    return { kind: 'failed', message: messageOf(error) };
  }
}

/** The buffers that a result is made of, to be handed over and not copied. */
function buffersOf(result: unknown): ArrayBuffer[] {
  if (typeof result !== 'object' || result === null) return [];
  const parts: unknown[] = result instanceof Uint8Array ? [result] : Object.values(result);
  return parts.flatMap((part) =>
    // A small Buffer is a piece of one that Node shares out among many: that is copied.
    part instanceof Uint8Array &&
    part.buffer instanceof ArrayBuffer &&
    part.byteLength === part.buffer.byteLength
      ? [part.buffer]
      : [],
  );
}
