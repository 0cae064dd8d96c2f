import { describe, test } from 'vitest';
import type { Person } from './person.ts';
import { expect, setStage } from './stage.ts';

const stage = setStage();

/** Starts a board in the lobby, and joins it by its facilitator link, which the page opens by itself. */
async function startBoard(maja: Person, template: string, title: string): Promise<void> {
  const { page } = maja;
  await page.goto('/');
  await page.getByText(template, { exact: true }).click();
  await page.getByLabel('Board name').fill(title);
  await page.getByRole('button', { name: 'Create board' }).click();
  await page.getByLabel('Your name').fill('Maja');
  await page.getByRole('button', { name: 'Join', exact: true }).click();
  await maja.arrive();
}

/** The link of a role, as the share panel shows it. */
const linkOf = (maja: Person, role: string) => maja.page.getByRole('textbox', { name: role });

describe('the lobby', () => {
  test('starts a board from each template, which opens with its links to share', async () => {
    const maja = await stage.person('Maja');
    for (const [template, shows] of [
      ['Full project', 'Journey map'],
      ['Journey map', 'Journey map'],
      ['Idea backlog', 'Ideas'],
      ['Demo', 'Journey map'],
    ] as const) {
      await startBoard(maja, template, `Board of ${template}`);
      const panel = maja.dialog('Invite people');
      for (const role of ['Facilitators', 'Participants', 'Observers']) {
        await expect(panel.getByRole('textbox', { name: role })).toHaveValue(
          /^http:\/\/127\.0\.0\.1:\d+\/join#\S+\.\S+$/,
        );
      }
      await maja.press('Escape');
      await expect(panel).toBeHidden();
      await expect(maja.page.getByRole('heading', { level: 1 })).toHaveText(`Board of ${template}`);
      const view =
        shows === 'Ideas'
          ? maja.page.getByRole('region', { name: 'Ideas' })
          : maja.page.getByRole('grid', { name: shows });
      await expect(view).toBeVisible();
    }
    await maja.page.goto('/');
    await expect(maja.page.getByRole('link', { name: /Board of .*facilitator/ })).toHaveCount(4);
    await maja.leave();
  });

  test('asks for a title, and for a complete link', async () => {
    const maja = await stage.person('Maja');
    await maja.page.goto('/');
    await maja.page.getByRole('button', { name: 'Create board' }).click();
    await expect(maja.page.getByLabel('Board name')).toBeFocused();
    await expect(maja.page.getByText('Give the board a name')).toBeVisible();
    const link = maja.page.getByLabel('Board link');
    await link.fill('half a link');
    await link.press('Enter');
    await expect(maja.page.getByText('This does not look like a board link')).toBeVisible();
    await link.fill(stage.house.demo.observer);
    await link.press('Enter');
    await expect(maja.page.getByText('You are joining as an observer.')).toBeVisible();
    await maja.leave();
  });

  test('shows a link as a QR code, and copies it for others to join', async () => {
    const maja = await stage.person('Maja', { permissions: ['clipboard-read', 'clipboard-write'] });
    await startBoard(maja, 'Journey map', 'Links');
    const panel = maja.dialog('Invite people');
    const participants = panel.locator('section', { hasText: 'Participants' });
    await participants.getByRole('button', { name: 'QR code' }).click();
    await expect(participants.getByRole('img', { name: 'QR code: Participants' })).toBeVisible();
    await participants.getByRole('button', { name: 'Copy' }).click();
    await expect(participants.getByRole('status')).toHaveText('Copied');
    const copied = await maja.page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toBe(await linkOf(maja, 'Participants').inputValue());

    const nadia = await stage.person('Nadia');
    await nadia.page.goto(copied);
    await expect(nadia.page.getByRole('heading', { name: 'Links' })).toBeVisible();
    await expect(nadia.page.getByText('You are joining as a participant.')).toBeVisible();
    await nadia.join(copied);
    await maja.press('Escape');
    await expect(maja.page.getByRole('button', { name: '2 people here' })).toBeVisible();
    await Promise.all([maja.leave(), nadia.leave()]);
  });
});

describe('a device', () => {
  test('is the same person after a reload and when the link is opened again', async () => {
    const links = await stage.house.board('demo');
    const { maja, nadia, asa } = await stage.trio(links);
    const three = maja.page.getByRole('button', { name: '3 people here' });
    await expect(three).toBeVisible();

    await nadia.page.reload();
    await nadia.arrive();
    await expect(nadia.page.getByRole('button', { name: '3 people here' })).toBeVisible();
    await expect(three).toBeVisible();

    await nadia.page.goto(links.participant);
    await nadia.page.getByRole('button', { name: 'Continue as Nadia' }).click();
    await nadia.arrive();
    await expect(three).toBeVisible();
    await three.click();
    const list = maja.page.getByRole('dialog', { name: 'People here' });
    await expect(list.getByRole('listitem')).toHaveText([
      /Maja \(you\), facilitator/,
      /Nadia, participant/,
      /Åsa, observer/,
    ]);
    await Promise.all([maja.leave(), nadia.leave(), asa.leave()]);
  });

  test('can join as another person', async () => {
    const links = await stage.house.board('journey');
    const nadia = await stage.person('Nadia');
    await nadia.join(links.participant);
    const other = await nadia.context.newPage();
    await other.goto(links.participant);
    await other.getByRole('button', { name: 'Join as someone else' }).click();
    await other.getByLabel('Your name').fill('Jonas');
    await other.getByRole('button', { name: 'Join', exact: true }).click();
    await expect(other.getByRole('button', { name: '2 people here' })).toBeVisible();
    await nadia.page.reload();
    await expect(nadia.page.getByRole('button', { name: '2 people here' })).toBeVisible();
    await nadia.page.getByRole('button', { name: '2 people here' }).click();
    await expect(nadia.page.getByText('Nadia (you), participant')).toBeVisible();
    await nadia.leave();
  });
});

describe('pages that do not exist', () => {
  test('have a notice: a wrong link, a missing board, a board without a membership, an unknown address', async () => {
    const ben = await stage.person('Ben');
    ben.forgive(/Failed to load resource: .* 404/);
    for (const [path, says] of [
      ['/join#nothing', 'This link does not work'],
      ['/join#missing.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', 'This board does not exist'],
      ['/b/lovtag', 'You need a link for this board'],
      ['/b/lovtag/somewhere', 'Page not found'],
    ] as const) {
      // Changing only the fragment would not reload the page.
      await ben.page.goto('about:blank');
      await ben.page.goto(path);
      await expect(ben.page.getByRole('heading', { name: says })).toBeVisible();
      await expect(ben.page.getByRole('link', { name: 'Home', exact: true })).toBeVisible();
    }
    await ben.leave();
  });

  test('people are removed when their link is turned off, and nobody can join with it', async () => {
    const maja = await stage.person('Maja');
    await startBoard(maja, 'Idea backlog', 'Withdrawn');
    const link = await linkOf(maja, 'Observers').inputValue();
    const asa = await stage.person('Åsa');
    await asa.join(link);
    asa.forgive(/Failed to load resource: .* 410/);
    const observers = maja.dialog('Invite people').locator('section', { hasText: 'Observers' });
    await observers.getByRole('button', { name: 'More options for this link' }).click();
    await maja.page.getByRole('menuitem', { name: 'Turn off link' }).click();
    await observers.getByRole('button', { name: 'Turn off link' }).click();
    await expect(asa.page.getByRole('heading', { name: 'This link was turned off' })).toBeVisible();
    await asa.page.goto('about:blank');
    await asa.page.goto(link);
    await expect(asa.page.getByRole('heading', { name: 'This link was turned off' })).toBeVisible();
    await Promise.all([maja.leave(), asa.leave()]);
  });
});
