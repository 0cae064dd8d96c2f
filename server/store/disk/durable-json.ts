import type { Adapter } from 'lowdb';
import type * as v from 'valibot';
import { parseJsonAs } from '../../../shared/json.ts';
import type { FileContext } from './durable-file.ts';
import { DurableFile } from './durable-file.ts';

/**
 * Lets lowdb keep its data so that it survives power loss (its own adapter renames, but does not
 * fsync) and a damaged file (its own throws, or takes `[]` for data). While one write is under way,
 * all that come in become one, with the newest data.
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
      // Who comes next waits for this write, but does not fail with it.
      this.#underWay = write.catch(() => undefined);
      return write;
    });
    return this.#waiting;
  }
}
