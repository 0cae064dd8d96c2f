import './app.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { chosenLanguage } from './model/device/preferences.ts';
import { route, startRouter } from './router.svelte.ts';
import { loadFonts } from './text/fonts.ts';
import { isLanguage, preferredLanguage } from './text/languages.ts';
import { loadMessages, setLanguage } from './text/messages.svelte.ts';
import { pageFor } from './pages.ts';

/** Nothing is drawn before it can be drawn right: in the person's language, and with the page it is for. */
async function start(): Promise<void> {
  const chosen = chosenLanguage();
  const language = isLanguage(chosen) ? chosen : preferredLanguage(navigator.languages);
  // Before any messages are fetched, so that none are in another language.
  await setLanguage(language);
  const [page] = await Promise.all([pageFor(route()), loadMessages(['common']), loadFonts(language)]);
  startRouter();
  const target = document.getElementById('app');
  if (target) mount(App, { target, props: { first: page } });
}

void start();
