import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** RESA_DIST selects another build. */
const dist = process.env.RESA_DIST ?? fileURLToPath(new URL('../../dist', import.meta.url));
const program = join(dist, 'server/main.js');

export interface Start {
  readonly folder: string;
  /** The port of the process before it, so that its clients find it again; by default any free one. */
  readonly port?: number;
  /** Arguments before the program, such as a module that injects a fault. */
  readonly nodeArgs?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** The real process, as built, with its own data folder. */
export class ServerProcess {
  readonly url: string;
  readonly port: number;
  /** Resolves when the process has ended: its exit code, or null after a signal. */
  readonly ended: Promise<number | null>;
  readonly #child: ChildProcess;
  readonly #log: string[] = [];

  static async start({ folder, port = 0, nodeArgs = [], env = {} }: Start): Promise<ServerProcess> {
    if (!existsSync(program)) {
      throw new Error('There is no built server at dist/server/main.js: run `npm run build` first.');
    }
    const child = spawn(process.execPath, [...nodeArgs, program], {
      env: {
        PATH: process.env.PATH,
        PORT: String(port),
        DATA_DIR: folder,
        LOG_LEVEL: 'warn',
        CREATE_PER_MINUTE: '1000',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const log: string[] = [];
    createInterface({ input: child.stderr }).on('line', (line) => log.push(line));
    const said = createInterface({ input: child.stdout });
    const url = await new Promise<string>((resolve, reject) => {
      said.on('line', (line) => {
        const found = /^Resa is at (\S+)$/.exec(line)?.[1];
        if (found !== undefined) resolve(found);
      });
      child.once('exit', () => reject(new Error(`The server did not start: ${log.join('\n')}`)));
    });
    return new ServerProcess(child, url, log);
  }

  private constructor(child: ChildProcess, url: string, log: string[]) {
    this.#child = child;
    this.#log = log;
    this.url = url;
    this.port = Number(new URL(url).port);
    this.ended = once(child, 'exit').then(([code]) => code as number | null);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** The messages that it logged at level error or above. */
  get errors(): string[] {
    const lines = this.#log.map((line) => JSON.parse(line) as { level: number; msg: string });
    return lines.filter(({ level }) => level >= 50).map(({ msg }) => msg);
  }

  /** Everything it wrote to standard error. */
  get log(): readonly string[] {
    return this.#log;
  }

  /** Kills it like a power cut: it can do nothing more. */
  async kill(): Promise<void> {
    if (this.isAlive) this.#child.kill('SIGKILL');
    await this.ended;
  }

  /** Stops it in order. Returns its exit code. */
  async stop(): Promise<number | null> {
    if (this.isAlive) this.#child.kill('SIGTERM');
    return this.ended;
  }
}

/** A folder that `remove` deletes. */
export async function temporaryFolder(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'resa-faults-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
