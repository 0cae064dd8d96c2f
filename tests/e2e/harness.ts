import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Role } from '../../shared/roles.ts';

export type Links = Readonly<Record<Role, string>>;

/** The build to test. RESA_DIST selects another one. */
const dist = resolve(process.env.RESA_DIST ?? 'dist');

const adminKey = 'the-key-of-whoever-runs-it';

/**
 * A Resa server as a user starts it: the build, in its own process and data folder. It can be stopped or killed, and
 * started again on the same folder and port.
 */
export class House {
  readonly #folder: string;
  #child: ChildProcess | null = null;
  #port = 0;
  /** The links to the demo board, as the server printed them. */
  demo: Links = { facilitator: '', participant: '', observer: '' };

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async open(): Promise<House> {
    for (const part of ['server/main.js', 'client/index.html']) {
      if (!existsSync(join(dist, part))) {
        throw new Error(`${join(dist, part)} is missing: run "npm run build" before these tests.`);
      }
    }
    const house = new House(await mkdtemp(join(tmpdir(), 'resa-e2e-')));
    await house.start();
    return house;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async start(): Promise<void> {
    const child = spawn(process.execPath, [join(dist, 'server/main.js'), 'demo'], {
      env: {
        PATH: process.env.PATH,
        DATA_DIR: this.#folder,
        PORT: String(this.#port),
        LOG_LEVEL: 'warn',
        ADMIN_KEY: adminKey,
        // All test people share one address, and are faster than real people.
        JOIN_PER_MINUTE: '100000',
        CREATE_PER_MINUTE: '100000',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const ended = once(child, 'exit').then(() => {
      throw new Error(`The server ended while it was being started: ${said}`);
    });
    await Promise.race([this.#hear(child), ended]);
    ended.catch(() => undefined);
  }

  /** SIGTERM stops it cleanly; SIGKILL is like a power cut. */
  async stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  }

  /** Copies its data while it runs, in the order of docs/STORAGE.md: the journal first. */
  async backUp(): Promise<void> {
    await rm(this.#backup, { recursive: true, force: true });
    for (const part of ['journal', 'boards', 'deleted', 'secret.key'])
      await cp(join(this.#folder, part), join(this.#backup, part), { recursive: true });
  }

  /** Replaces its data by the backup, and starts it on that. */
  async putBack(): Promise<void> {
    await this.stop('SIGKILL');
    await rm(this.#folder, { recursive: true });
    await cp(this.#backup, this.#folder, { recursive: true });
    await this.start();
  }

  /** Creates a board through the HTTP API; returns its links. */
  async board(template: 'demo' | 'project' | 'journey' | 'ideas', language = 'en'): Promise<Links> {
    const answer = await fetch(`${this.origin}/api/boards`, {
      method: 'POST',
      body: JSON.stringify({ title: `A ${template} to try`, template, language }),
    });
    if (answer.status !== 201) throw new Error(`No board: ${await answer.text()}`);
    const { links } = (await answer.json()) as { links: Links };
    await this.#letAllChange(links);
    return links;
  }

  /** A new board lets participants change only what is their own. */
  async #letAllChange({ facilitator }: Links): Promise<void> {
    const post = async (path: string, body: object, headers = {}) => {
      const answer = await fetch(`${this.origin}/api${path}`, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
      });
      if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
      return (await answer.json()) as Record<string, string>;
    };
    const { board = '', token = '' } = await post('/join', { link: facilitator, name: 'Host' });
    const command = { id: 'open-to-all', do: 'idle', to: 'everything' };
    await post(`/boards/${board}/session`, command, { Authorization: `Bearer ${token}` });
  }

  /** Calls an admin route of a board. */
  async admin(method: string, board: string, path = '', body?: object): Promise<unknown> {
    const answer = await fetch(`${this.origin}/api/admin/boards/${board}${path}`, {
      method,
      headers: { Authorization: `Bearer ${adminKey}` },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${await answer.text()}`);
    const text = await answer.text();
    return text === '' ? null : JSON.parse(text);
  }

  /** Copies its data on disk while it is stopped. Returns a function that restores the copy, as from a backup. */
  async backup(): Promise<() => Promise<void>> {
    const copy = `${this.#folder}.backup`;
    await cp(this.#folder, copy, { recursive: true });
    return async () => {
      await rm(this.#folder, { recursive: true });
      await rename(copy, this.#folder);
    };
  }

  async close(): Promise<void> {
    await this.stop('SIGKILL');
    for (const folder of [this.#folder, this.#backup]) await rm(folder, { recursive: true, force: true });
  }

  get #backup(): string {
    return `${this.#folder}-backup`;
  }

  /** Reads its output up to the last line: its address, and three links. */
  async #hear(child: ChildProcess): Promise<void> {
    if (!child.stdout) throw new Error('The server has no output.');
    const links: Record<string, string> = {};
    for await (const line of createInterface({ input: child.stdout })) {
      const port = /^Resa is at http:\/\/127\.0\.0\.1:(\d+)$/.exec(line)?.[1];
      if (port !== undefined) this.#port = Number(port);
      const [, role, link] = /^\s+(\w+):\s+(http\S+)$/.exec(line) ?? [];
      if (role !== undefined && link !== undefined) links[role] = link;
      if (line.startsWith('Open one in a browser')) break;
    }
    const { facilitator, participant, observer } = links;
    if (!facilitator || !participant || !observer) throw new Error('It printed no links to the demo board.');
    this.demo = { facilitator, participant, observer };
  }
}
