import type { Page } from '@playwright/test';
import { describe, test } from 'vitest';
import type { Person } from './person.ts';
import { expect, setStage } from './stage.ts';

const stage = setStage();

/** Storage that throws at each access, as where site data is blocked. */
const refuse = (which: readonly string[]) => {
  const no = () => {
    throw new DOMException('Access is denied for this document.', 'SecurityError');
  };
  for (const name of which) Object.defineProperty(window, name, { get: no });
};

/** A database that opens and takes nothing, as where the disk is full. */
const refuseRows = () => {
  IDBObjectStore.prototype.add = () => {
    throw new DOMException('The quota has been exceeded.', 'QuotaExceededError');
  };
};

const bar = (person: Person) => person.page.locator('[data-status="unkept"]');

async function writesAndReads(person: Person, other: Person, text: string): Promise<void> {
  await person.writeCard(person.page.locator('[data-focus-key^="cell:"]').first(), text);
  await person.saved();
  await expect(other.card(text)).toBeVisible();
}

describe('a board opens and works, and says what the browser does not store', () => {
  test.each([
    ['the database', ['indexedDB'], 'does not let Resa store changes on this device'],
    ['all storage', ['indexedDB', 'localStorage', 'sessionStorage'], 'does not let Resa store anything'],
  ] as const)('without %s', async (_, which, says) => {
    const links = await stage.house.board('journey');
    const nadia = await stage.person('Nadia');
    const ben = await stage.person('Ben');
    await nadia.context.addInitScript(refuse, which);
    await Promise.all([nadia.join(links.participant), ben.join(links.participant)]);
    await expect(bar(nadia)).toContainText(says);
    await writesAndReads(nadia, ben, 'It works');
    await bar(nadia).getByRole('button', { name: 'Close' }).click();
    await expect(bar(nadia)).toHaveCount(0);

    for (const person of [nadia, ben]) person.forgiveLostServer();
    await nadia.context.setOffline(true);
    await stage.house.stop('SIGKILL');
    await expect(nadia.page.getByText('Keep this page open')).toBeVisible();
    await stage.house.start();
    await nadia.context.setOffline(false);
    await nadia.saved();
    await Promise.all([nadia.leave(), ben.leave()]);
  });

  test('when the device has no room: as soon as it refuses an edit', async () => {
    const links = await stage.house.board('journey');
    const nadia = await stage.person('Nadia');
    nadia.forgiveLostServer();
    await nadia.context.addInitScript(refuseRows);
    await nadia.join(links.participant);
    await expect(bar(nadia)).toHaveCount(0);
    await nadia.page.locator('[data-drawn]').waitFor();
    await stage.house.stop('SIGKILL');
    await expect(nadia.page.locator('[data-light="offline"]')).toBeVisible();
    await nadia.writeCard(nadia.page.locator('[data-focus-key^="cell:"]').first(), 'Written offline');
    await expect(bar(nadia)).toContainText('does not let Resa store changes on this device');
    await stage.house.start();
    await nadia.saved();
    await nadia.leave();
  });
});

test('a lobby in a browser without cookies makes no board, says why, and tries again', async () => {
  const nadia = await stage.person('Nadia');
  await nadia.context.addInitScript(() =>
    Object.defineProperty(Navigator.prototype, 'cookieEnabled', {
      configurable: true,
      get: () => (window as unknown as { isAllowed?: boolean }).isAllowed === true,
    }),
  );
  const made: string[] = [];
  nadia.page.on('request', (request) => {
    if (request.method() === 'POST') made.push(new URL(request.url()).pathname);
  });
  await nadia.page.goto('/');
  await nadia.page.getByRole('button', { name: 'Open the demo' }).click();
  await expect(nadia.page.getByRole('alert')).toContainText('Your browser blocks cookies');
  expect(made).toEqual([]);
  await nadia.page.evaluate(() => Object.assign(window, { isAllowed: true }));
  await nadia.page.getByRole('button', { name: 'Try again' }).click();
  await nadia.arrive();
  await nadia.leave();
});

describe('a page whose first messages cannot be fetched', () => {
  const isSwedish = async (page: Page) => {
    // The files of messages have names without their language: known by what is in them.
    await page.route('**/assets/*.js', async (route) => {
      const answer = await route.fetch();
      const text = await answer.text();
      if (/Försök igen|Ny tavla/.test(text) && !/Yeniden dene/.test(text)) await route.abort();
      else await route.fulfill({ response: answer, body: text });
    });
  };

  test('starts in English, says so, and tries again', async () => {
    const nadia = await stage.person('Nadia', { locale: 'sv' });
    nadia.forgive(/ERR_FAILED/);
    await isSwedish(nadia.page);
    await nadia.page.goto('/');
    await expect(nadia.page.getByRole('button', { name: 'Create board' })).toBeVisible();
    await expect(nadia.page.getByText('Svenska could not be loaded.')).toBeVisible();
    await nadia.page.unroute('**/assets/*.js');
    await nadia.page.getByRole('button', { name: 'Try again' }).click();
    await expect(nadia.page.locator('html')).toHaveAttribute('lang', 'sv');
    await nadia.leave();
  });

  test.each([
    ['no messages', /\/(index|start|base)-/],
    ['nothing but the first script', /\/(index|start)-/],
  ] as const)('says in its own language that it could not be loaded, with %s', async (_, loaded) => {
    const nadia = await stage.person('Nadia', { locale: 'ar' });
    nadia.forgive(/ERR_FAILED/);
    await nadia.page.route('**/assets/*.js', (route) =>
      loaded.test(route.request().url()) ? route.continue() : route.abort(),
    );
    await nadia.page.goto('/');
    await expect(nadia.page.getByRole('alert')).toContainText('تعذّر تحميل Resa');
    await expect(nadia.page.locator('html')).toHaveAttribute('dir', 'rtl');
    await nadia.page.unroute('**/assets/*.js');
    await nadia.page.getByRole('button', { name: 'حاول مجددًا' }).click();
    await expect(nadia.page.getByRole('heading', { level: 1 })).toBeVisible();
    await nadia.leave();
  });
});
