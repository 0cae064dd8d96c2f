import { afterAll, beforeAll, describe, test } from 'vitest';
import type { Links } from './harness.ts';
import type { Person } from './person.ts';
import { expect, setStage } from './stage.ts';

const stage = setStage();

/** Starts a board in the lobby. The page opens the board by itself, with the share panel. */
async function startBoard(maja: Person, template: string, title: string, opens = true): Promise<void> {
  const { page } = maja;
  if (opens) await page.goto('/');
  await page.getByText(template, { exact: true }).click();
  await page.getByLabel('Board name').fill(title);
  await page.getByLabel('Your name').fill('Maja');
  await page.getByRole('button', { name: 'Create board' }).click();
  await maja.arrive();
}

const panelOf = (maja: Person) => maja.dialog('Invite people');

/** Opens the dialog with all links from the share panel. */
async function openLinks(maja: Person) {
  await panelOf(maja).getByRole('button', { name: 'All links' }).click();
  return maja.dialog('Links to this board');
}

describe('the lobby', () => {
  test('starts a board from each template, which opens with its share panel', async () => {
    const maja = await stage.person('Maja');
    for (const [template, shows] of [
      ['Full journey map', 'Journey map'],
      ['Short journey map', 'Journey map'],
      ['Idea backlog', 'Ideas'],
    ] as const) {
      await startBoard(maja, template, `Board of ${template}`);
      await expect(panelOf(maja).getByRole('textbox', { name: 'Link for participants' })).toHaveValue(
        /^http:\/\/127\.0\.0\.1:\d+\/join#\S+\.\S+$/,
      );
      await maja.press('Escape');
      await expect(panelOf(maja)).toBeHidden();
      await expect(maja.page.getByRole('heading', { level: 1 })).toHaveText(`Board of ${template}`);
      const view =
        shows === 'Ideas'
          ? maja.page.getByRole('region', { name: 'Ideas' })
          : maja.page.getByRole('grid', { name: shows });
      await expect(view).toBeVisible();
    }
    await maja.page.goto('/');
    await expect(maja.page.getByRole('link', { name: /Board of .*facilitator/ })).toHaveCount(3);
  });

  test.each([
    ['a desktop', { width: 1280, height: 720 }, false],
    ['a low desktop', { width: 1280, height: 400 }, false],
    ['400 % zoom', { width: 360, height: 225 }, false],
    ['a phone', { width: 390, height: 844 }, true],
    ['a small phone', { width: 360, height: 640 }, true],
  ] as const)(
    'leads from the address to the first card in five actions on %s',
    async (_, viewport, isPhone) => {
      const maja = await stage.person('Maja', { viewport, hasTouch: isPhone, isMobile: isPhone });
      const { page } = maja;
      let actions = 0;
      const act = async (action: Promise<void>) => {
        actions++;
        await action;
      };
      /** A press where the person sees the element. Unlike a click of Playwright, it scrolls to nothing. */
      const pressAt = async (role: 'button', name: string) => {
        const what = page.getByRole(role, { name });
        await expect(what).toBeInViewport({ ratio: 1 });
        const box = await what.boundingBox();
        if (!box) throw new Error(`${name} is not on the page.`);
        const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
        await (isPhone ? page.touchscreen.tap(x, y) : page.mouse.click(x, y));
      };
      await page.goto('/');
      await act(page.getByLabel('Board name').fill('A morning at the library'));
      await act(page.getByLabel('Your name').fill('Maja'));
      await act(page.getByRole('button', { name: 'Create board' }).click());
      await maja.arrive();
      const isSmall = viewport.width < 640;
      // The share panel is open where there is room for it.
      if (!isSmall || viewport.height > 450) await expect(panelOf(maja)).toBeVisible();
      await act(pressAt('button', 'Write what the person does'));
      await maja.field.waitFor();
      await act(maja.type('Checks the opening hours'));
      await expect(maja.card('Checks the opening hours')).toBeVisible();
      await expect(panelOf(maja)).toBeHidden();
      expect(actions).toBeLessThanOrEqual(5);
      await maja.leave();
    },
  );

  test('opens the whole share panel from its short form on a phone', async () => {
    const maja = await stage.person('Maja', {
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      isMobile: true,
    });
    await startBoard(maja, 'Short journey map', 'In the pocket');
    await expect(panelOf(maja).getByRole('textbox')).toHaveCount(1);
    await panelOf(maja).getByRole('button', { name: 'More ways to invite' }).tap();
    await expect(panelOf(maja).getByRole('textbox', { name: 'Invitation' })).toBeVisible();
    await expect(panelOf(maja).getByRole('button', { name: 'QR code' })).toBeInViewport({ ratio: 1 });
  });

  test.each(['en', 'ar'])(
    'shows name, template and start without scrolling at 1280x720, in %s',
    async (locale) => {
      const maja = await stage.person('Maja', { viewport: { width: 1280, height: 720 }, locale });
      await maja.page.goto('/');
      const form = maja.page.locator('form').filter({ has: maja.page.getByRole('radio') });
      for (const part of [
        form.locator('input').first(),
        form.locator('label', { has: maja.page.getByRole('radio') }).last(),
        form.locator('button[type=submit]'),
      ])
        await expect(part).toBeInViewport({ ratio: 1 });
      await maja.leave();
    },
  );

  test('opens the demo in one press, and lists the boards of this device before the form', async () => {
    const maja = await stage.person('Maja');
    await maja.page.goto('/');
    await maja.page.getByRole('button', { name: 'Open the demo' }).click();
    await maja.arrive();
    await expect(maja.page.locator('[data-card]').first()).toBeVisible();
    await maja.page.goto('/');
    // She joined the demo under a guest's name. The page does not offer that name again.
    await expect(maja.page.getByLabel('Your name')).toHaveValue('');
    const heads = maja.page.getByRole('main').getByRole('heading', { level: 2 });
    await expect(heads).toHaveText(['Recent boards', 'Join with a link', 'New board']);
  });

  test('asks for a title, a name, and a complete link', async () => {
    const maja = await stage.person('Maja');
    await maja.page.goto('/');
    await maja.page.getByRole('button', { name: 'Create board' }).click();
    await expect(maja.page.getByLabel('Board name')).toBeFocused();
    await expect(maja.page.getByText('Give the board a name')).toBeVisible();
    await maja.page.getByLabel('Board name').fill('A name');
    await maja.page.getByRole('button', { name: 'Create board' }).click();
    await expect(maja.page.getByLabel('Your name')).toBeFocused();
    const link = maja.page.getByLabel('Board link');
    await link.fill('half a link');
    await link.press('Enter');
    await expect(maja.page.getByText('This does not look like a board link')).toBeVisible();
    await link.fill(stage.house.demo.observer);
    await link.press('Enter');
    await expect(maja.page.getByText('You are joining as an observer.')).toBeVisible();
  });
});

describe('the share panel', () => {
  let maja: Person;
  beforeAll(async () => {
    maja = await stage.person('Maja', { permissions: ['clipboard-read', 'clipboard-write'] });
    await maja.page.goto('/');
    await maja.page.getByLabel('Language of the board').selectOption('Svenska');
    await startBoard(maja, 'Short journey map', 'Ett bibliotek', false);
  });
  afterAll(() => maja.leave());

  const copied = () => maja.page.evaluate(() => navigator.clipboard.readText());

  test('offers the invitation in the language of the board', async () => {
    const panel = panelOf(maja);
    await expect(panel.getByLabel('Language of the invitation')).toHaveValue('sv');
    await expect(panel.getByRole('textbox', { name: 'Invitation' })).toHaveValue(
      /^Du är inbjuden till tavlan ”Ett bibliotek”\./,
    );
  });

  test('copies an invitation in a chosen language for a chosen role', async () => {
    const panel = panelOf(maja);
    await panel.getByText('Observers', { exact: true }).click();
    await panel.getByLabel('Language of the invitation').selectOption('English');
    const link = await panel.getByRole('textbox', { name: 'Link for observers' }).inputValue();
    await expect(panel.getByRole('textbox', { name: 'Invitation' })).toHaveValue(/as an observer/);
    await panel.getByRole('button', { name: 'Copy invitation' }).click();
    await expect(panel.getByRole('status').filter({ hasText: 'Copied' })).toBeAttached();
    expect(await copied()).toContain('You are invited to the board “Ett bibliotek”.');
    expect(await copied()).toContain(link);
    await panel.getByText('Participants', { exact: true }).click();
  });

  test('does not show the facilitator link until it is asked for', async () => {
    await expect(panelOf(maja).getByRole('textbox')).toHaveCount(2);
    const links = await openLinks(maja);
    const field = links.getByRole('textbox', { name: 'Facilitators' });
    await expect(links.getByRole('textbox', { name: 'Participants' })).toBeVisible();
    await expect(field).toHaveCount(0);
    await links.getByRole('button', { name: 'Show link' }).click();
    await expect(field).toHaveValue(/join#/);
    await maja.press('Escape');
    await expect(links).toBeHidden();
  });

  test('shows a link as a QR code, and copies it for others to join', async () => {
    const panel = panelOf(maja);
    await maja.page.getByRole('button', { name: 'Share' }).click();
    await panel.getByRole('button', { name: 'QR code' }).click();
    await expect(panel.getByRole('img', { name: 'QR code: Participants' })).toBeInViewport({ ratio: 1 });
    await panel.getByRole('button', { name: 'Copy link' }).click();
    const link = await panel.getByRole('textbox', { name: 'Link for participants' }).inputValue();
    await expect.poll(copied).toBe(link);

    const nadia = await stage.person('Nadia');
    await nadia.page.goto(link);
    await expect(nadia.page.getByRole('heading', { name: 'Ett bibliotek' })).toBeVisible();
    await expect(nadia.page.getByText('You are joining as a participant.')).toBeVisible();
    await nadia.join(link);
    await maja.press('Escape');
    await expect(maja.page.getByRole('button', { name: '2 people here' })).toBeVisible();
  });
});

describe('a device', () => {
  let links: Links;
  let maja: Person;
  let nadia: Person;
  beforeAll(async () => {
    links = await stage.house.board('journey');
    [maja, nadia] = await Promise.all([stage.person('Maja'), stage.person('Nadia')]);
    await Promise.all([maja.join(links.facilitator), nadia.join(links.participant)]);
  });
  afterAll(() => Promise.all([maja.leave(), nadia.leave()]));

  test('is the same person after a reload and when the link is opened again', async () => {
    const two = (person: Person) => person.page.getByRole('button', { name: '2 people here' });
    await expect(two(maja)).toBeVisible();
    await nadia.page.reload();
    await nadia.arrive();
    for (const person of [nadia, maja]) await expect(two(person)).toBeVisible();

    await nadia.page.goto(links.participant);
    await nadia.page.getByRole('button', { name: 'Continue as Nadia' }).click();
    await nadia.arrive();
    await expect(two(maja)).toBeVisible();
    await two(maja).click();
    const list = maja.dialog('People here');
    await expect(list.getByRole('listitem')).toHaveText([/Maja \(you\), facilitator/, /Nadia, participant/]);
  });

  test('can join as another person', async () => {
    const { page: other } = await nadia.another();
    await other.goto(links.participant);
    await other.getByRole('button', { name: 'Join as someone else' }).click();
    await other.getByLabel('Your name').fill('Jonas');
    await other.getByRole('button', { name: 'Join', exact: true }).click();
    await expect(other.getByRole('button', { name: '3 people here' })).toBeVisible();
    await nadia.page.reload();
    const three = nadia.page.getByRole('button', { name: '3 people here' });
    await three.click();
    await expect(nadia.page.getByText('Nadia (you), participant')).toBeVisible();
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
  });

  test('people are removed when their link is turned off, and nobody can join with it', async () => {
    const maja = await stage.person('Maja');
    await startBoard(maja, 'Idea backlog', 'Withdrawn');
    const links = await openLinks(maja);
    const link = await links.getByRole('textbox', { name: 'Observers' }).inputValue();
    const asa = await stage.person('Åsa');
    await asa.join(link);
    asa.forgive(/Failed to load resource: .* 410/);
    const observers = links.locator('section', { hasText: 'Observers' });
    await observers.getByRole('button', { name: 'More options for this link' }).click();
    await maja.page.getByRole('menuitem', { name: 'Turn off link' }).click();
    await observers.getByRole('button', { name: 'Turn off link' }).click();
    await expect(asa.page.getByRole('heading', { name: 'This link was turned off' })).toBeVisible();
    await asa.page.goto('about:blank');
    await asa.page.goto(link);
    await expect(asa.page.getByRole('heading', { name: 'This link was turned off' })).toBeVisible();
  });
});
