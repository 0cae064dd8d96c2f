import { setTimeout as pause } from 'node:timers/promises';
import type { Chance } from '../faults/chance.ts';
import type { Made } from '../faults/invited.ts';
import { makeBoard } from '../faults/invited.ts';
import type { Claim } from '../faults/member.ts';
import { Member } from '../faults/member.ts';
import { agreed, owed } from '../faults/writers.ts';

// Each provider listens for the end of the process.
process.setMaxListeners(0);

/** Average interval at which each person writes a word and moves the pointer. */
const wordEveryMs = 500;

/** A board with people at work, some with stock clients. Measures how long others wait for each word. */
export class HonestBoard {
  readonly made: Made;
  readonly members: readonly Member[];
  /** Times from writing a word until another person has it, in ms. */
  tookMs: number[] = [];
  readonly #underWay = new Map<Claim, { readonly by: Member; readonly at: number }>();
  #isOver = false;
  #writing: Promise<unknown> = Promise.resolve();

  static async open(url: string, name: string, people: number): Promise<HonestBoard> {
    const made = await makeBoard(url, name);
    const members: Member[] = [];
    for (let i = 0; i < people; i++) {
      const link = i === 0 ? made.links.facilitator : made.links.participant;
      members.push(await Member.join(url, link, `${name} ${i + 1}`, { isStock: i % 3 === 2 }));
    }
    await agreed(members);
    return new HonestBoard(made, members);
  }

  private constructor(made: Made, members: readonly Member[]) {
    this.made = made;
    this.members = members;
    for (const member of members)
      member.doc.on('update', (_update: Uint8Array, origin: unknown) => {
        if (origin === member.provider) this.#look(member);
      });
  }

  /** The number of words that have not reached another person yet. */
  get underWay(): number {
    return this.#underWay.size;
  }

  /** Close codes of all sockets. */
  get closings(): (number | null)[] {
    return this.members.flatMap(({ closings }) => closings);
  }

  work(chance: Chance): void {
    this.#writing = Promise.all(this.members.map((member) => this.#write(member, chance)));
  }

  async rest(): Promise<void> {
    this.#isOver = true;
    await this.#writing;
    await agreed(this.members);
  }

  /** Words that must survive a crash of the server: acknowledged ones, and those that another person had. */
  get owed(): Claim[] {
    return owed(this.members);
  }

  close(): void {
    for (const member of this.members) member.close();
  }

  async #write(member: Member, chance: Chance): Promise<void> {
    for (let moves = 0; !this.#isOver; moves++) {
      await pause(chance.below(2 * wordEveryMs));
      member.provider.awareness.setLocalStateField('pointer', { moves });
      const at = performance.now();
      this.#underWay.set(member.write(chance), { by: member, at });
    }
  }

  #look(member: Member): void {
    for (const [claim, { by, at }] of this.#underWay) {
      if (by === member || !member.has(claim)) continue;
      this.#underWay.delete(claim);
      this.tookMs.push(performance.now() - at);
    }
  }
}
