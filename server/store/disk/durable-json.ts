import type { Adapter } from 'lowdb';
import type * as v from 'valibot';
import { parseJsonAs } from '../../../shared/json.ts';
import type { FileContext } from './durable-file.ts';
import { DurableFile } from './durable-file.ts';

/**
 * A lowdb adapter whose data survives power loss (lowdb's own renames, but does not fsync) and a damaged file (its own
 * throws, or accepts `[]` as data). Writes requested during a pending one are combined into one with the newest data.
 */
export class DurableJson<T> implements Adapter<T> {
  readonly #file: DurableFile;
  readonly #schema: v.GenericSchema<unknown, T>;
  #newest = '';
  #underWay: Promise<void> = Promise.resolve();
  #waiting: Promise<void> | null = null;

  constructor(path: string, schema: v.GenericSchema<unknown, T>, context: FileContext) {
    this.#file = new DurableFile(path, context);
    this.#schema = schema;
  }

  read(): Promise<T | null> {
    return this.#file.read((bytes) => parseJsonAs(this.#schema, new TextDecoder().decode(bytes)) ?? null);
  }

  write(data: T): Promise<void> {
    this.#newest = JSON.stringify(data, null, 2) + '\n';
    this.#waiting ??= this.#underWay.then(() => {
      this.#waiting = null;
      const write = this.#file.replace(this.#newest);
      // The next write waits for this one, but does not fail with it.
      this.#underWay = write.catch(() => undefined);
      return write;
    });
    return this.#waiting;
  }
}
