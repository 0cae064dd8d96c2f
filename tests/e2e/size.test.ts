import { stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { test } from 'vitest';
import { expect, setStage } from './stage.ts';

const stage = setStage();

/**
 * Limit of the script that loads before the map can be used, in bytes of gzip. docs/PERFORMANCE.md has the target. Lower
 * the limit when the build gets smaller; before raising it, see whether a new part can load after the first paint. Of the
 * session, only what is drawn or asked at once is in it: locks, decisions, the place of the rail, and live roles.
 */
const mostBytes = 123_500;

/** Notes when the first card is in the page. Runs in the page before its own scripts. */
const noteFirstCard = () => {
  const watch = new MutationObserver(() => {
    if (!document.querySelector('[data-card]')) return;
    watch.disconnect();
    performance.mark('drawn');
  });
  watch.observe(document, { childList: true, subtree: true });
};

/** The paths of the scripts that were requested before the first card was in the page: it may have waited for them. */
const scriptsBeforeUsable = () => {
  const drawn = performance.getEntriesByName('drawn')[0]?.startTime ?? Infinity;
  return performance
    .getEntriesByType('resource')
    .filter(({ name, startTime }) => new URL(name).pathname.endsWith('.js') && startTime <= drawn)
    .map(({ name }) => new URL(name).pathname);
};

test('the script that loads before the map can be used is no larger than its limit', async () => {
  const nora = await stage.person('Nora');
  await nora.join(stage.house.demo.participant);
  const page = await nora.another();
  const session = await page.context.newCDPSession(page.page);
  await session.send('Network.enable');
  await session.send('Network.setCacheDisabled', { cacheDisabled: true });
  await page.page.addInitScript(noteFirstCard);
  await page.page.goto(nora.page.url());
  await page.page.waitForFunction(() => performance.getEntriesByName('drawn').length > 0);
  const scripts = await page.page.evaluate(scriptsBeforeUsable);
  const sizes = await Promise.all(
    scripts.map(async (path) => {
      const file = fileURLToPath(new URL(`../../dist/client${path}.gz`, import.meta.url));
      return { path, bytes: (await stat(file)).size };
    }),
  );
  const bytes = sizes.reduce((sum, one) => sum + one.bytes, 0);
  expect(sizes.length).toBeGreaterThan(3);
  expect(bytes, JSON.stringify(sizes, null, 1)).toBeLessThanOrEqual(mostBytes);
});
