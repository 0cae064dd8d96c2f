import { EventEmitter } from 'node:events';
import type { BrowserContext, Page } from '@playwright/test';
import { expect, test } from 'vitest';
import { Person } from '../e2e/person.ts';

/** A browser context that reports what its pages log, as Playwright does. */
class Context extends EventEmitter {
  newPage(): Promise<Page> {
    return Promise.resolve({} as Page);
  }

  log(type: string, text: string): void {
    this.emit('console', { type: () => type, text: () => text });
  }

  throws(error: Error): void {
    this.emit('weberror', { error: () => error });
  }
}

test('an error on any page of a device counts once, unless it is forgiven on one of them', async () => {
  const context = new Context();
  const nadia = new Person('Nadia', context as unknown as BrowserContext, await context.newPage());
  const second = await nadia.another();
  context.log('log', 'all is well');
  context.log('warning', 'a policy violation');
  context.throws(Object.assign(new Error('a fault'), { stack: 'a fault, here' }));
  expect([...nadia.takeComplaints(), ...second.takeComplaints()]).toEqual([
    '[Nadia] a policy violation',
    '[Nadia] a fault, here',
  ]);
  second.forgive(/expected/);
  context.log('error', 'an expected one');
  expect(nadia.takeComplaints()).toEqual([]);
});
