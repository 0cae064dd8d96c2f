import { Worker } from 'node:worker_threads';
import type { Preview } from '../history/preview.ts';
import type { Rebuilt } from '../history/rebuild.ts';
import type { Removal } from '../history/removal.ts';
import type { HistoryWork } from '../history/work.ts';
import type { Answer, Compacted, Deflated, JobName, Jobs, Order } from './jobs.ts';
import { packUpdates } from './jobs.ts';

export interface WorkerLog {
  error(fields: Record<string, unknown>, message: string): void;
}

export interface WorkerOptions {
  readonly log: WorkerLog;
  /** Time limit of one job, in ms. */
  readonly limitMs?: number;
  /** Heap limit of the thread, in MB, without buffers. */
  readonly heapMegabytes?: number;
}

/**
 * Runs whole-document jobs on one worker thread, in order. If a job throws, it is rejected. If the thread dies, its job
 * is rejected, and the next job gets a new thread.
 */
export interface WorkerClient extends HistoryWork {
  /** Merges a snapshot and later updates, all Yjs updates, into one state. */
  merge(snapshot: Uint8Array | null, updates: readonly Uint8Array[]): Promise<Uint8Array>;
  /** The same with compressed input and output. The snapshot's buffer is transferred, so the caller must own it. */
  compact(snapshot: Deflated | null, updates: readonly Uint8Array[]): Promise<Compacted>;
  /** Ends the thread. Waiting jobs are rejected. */
  close(): Promise<void>;
}

/** The largest board takes about two seconds; a job that takes this long never ends. */
const defaultLimitMs = 60_000;

/**
 * Enough for a document with 100 MB of structs, more than any limit allows. Above it the thread ends, not the process.
 */
const defaultHeapMegabytes = 1024;

/** Creates a client. The thread starts with the first job. */
export function openWorker(options: WorkerOptions): WorkerClient {
  return new JobQueue(options);
}

/**
 * The build puts the worker next to the program. Node 20 does not read TypeScript, so if the sources run (Vite's
 * server, the tests), `vite.config.ts` has built this one file.
 */
const entry = new URL(
  import.meta.url.endsWith('.ts') ? '../../node_modules/.cache/resa/worker.mjs' : './worker.mjs',
  import.meta.url,
);

interface Waiting {
  readonly order: Order;
  readonly handedOver: readonly ArrayBuffer[];
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

class JobQueue implements WorkerClient {
  readonly #options: WorkerOptions;
  readonly #waiting: Waiting[] = [];
  #current: Waiting | null = null;
  #thread: Worker | null = null;
  #limit: NodeJS.Timeout | null = null;
  #isClosed = false;

  constructor(options: WorkerOptions) {
    this.#options = options;
  }

  merge(snapshot: Uint8Array | null, updates: readonly Uint8Array[]): Promise<Uint8Array> {
    const packed = packUpdates(updates);
    return this.#run('merge', [snapshot, packed], [packed.bytes]);
  }

  compact(snapshot: Deflated | null, updates: readonly Uint8Array[]): Promise<Compacted> {
    const packed = packUpdates(updates);
    return this.#run('compact', [snapshot, packed], [packed.bytes, ...(snapshot ? [snapshot.bytes] : [])]);
  }

  restore(document: string, current: Uint8Array, version: Uint8Array): Promise<Uint8Array | null> {
    return this.#run('restore', [document, current, version], []);
  }

  preview(document: string, current: Uint8Array, update: Uint8Array): Promise<Preview> {
    return this.#run('preview', [document, current, update], []);
  }

  removeAdded(
    document: string,
    current: Uint8Array,
    version: Uint8Array,
    clients: readonly number[],
  ): Promise<Removal> {
    return this.#run('removeAdded', [document, current, version, clients], []);
  }

  rebuild(document: string, state: Uint8Array): Promise<Rebuilt> {
    return this.#run('rebuild', [document, state], []);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const closed = new Error('The worker is closed.');
    for (const { reject } of this.#waiting.splice(0)) reject(closed);
    const thread = this.#thread;
    this.#lose(closed);
    await thread?.terminate();
  }

  #run<N extends JobName>(
    name: N,
    input: Parameters<Jobs[N]>,
    given: readonly Uint8Array[],
  ): Promise<ReturnType<Jobs[N]>> {
    if (this.#isClosed) return Promise.reject(new Error('The worker is closed.'));
    const handedOver = given.flatMap(({ buffer }) => (buffer instanceof ArrayBuffer ? [buffer] : []));
    return new Promise((resolve, reject) => {
      this.#waiting.push({
        order: { name, input },
        handedOver,
        // Both sides are from the same build, so the result has this job's type.
        resolve: (result) => resolve(result as ReturnType<Jobs[N]>),
        reject,
      });
      this.#next();
    });
  }

  #next(): void {
    if (this.#current) return;
    const next = this.#waiting.shift();
    if (!next) {
      // An idle worker does not keep the process alive.
      this.#thread?.unref();
      return;
    }
    this.#current = next;
    const thread = (this.#thread ??= this.#open());
    thread.ref();
    this.#limit = setTimeout(() => {
      this.#lose(new Error(`The worker took more than ${this.#limitMs} ms.`), thread);
      void thread.terminate();
    }, this.#limitMs);
    thread.postMessage(next.order, next.handedOver);
  }

  #open(): Worker {
    const maxOldGenerationSizeMb = this.#options.heapMegabytes ?? defaultHeapMegabytes;
    const thread = new Worker(entry, { name: 'work', resourceLimits: { maxOldGenerationSizeMb } });
    thread.on('message', (answer: Answer) => {
      const done = this.#take();
      if (answer.kind === 'done') done?.resolve(answer.result);
      else done?.reject(new Error(answer.message));
      this.#next();
    });
    thread.on('error', (error) => this.#lose(error, thread));
    thread.on('exit', (code) => this.#lose(new Error(`The worker ended with code ${code}.`), thread));
    return thread;
  }

  /** Takes the current job from the worker. */
  #take(): Waiting | null {
    const current = this.#current;
    this.#current = null;
    if (this.#limit) clearTimeout(this.#limit);
    return current;
  }

  /** The thread has ended, or is about to. Its job is rejected, and the next gets a new thread. */
  #lose(error: Error, thread = this.#thread): void {
    if (thread === null || thread !== this.#thread) return;
    this.#thread = null;
    const lost = this.#take();
    if (!this.#isClosed) {
      const fields = { job: lost?.order.name ?? null, error: error.message };
      this.#options.log.error(fields, 'the worker thread was lost');
    }
    lost?.reject(error);
    this.#next();
  }

  get #limitMs(): number {
    return this.#options.limitMs ?? defaultLimitMs;
  }
}
