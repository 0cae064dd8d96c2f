// Runs before the tests: makes sure that there is a Chromium, or says in one sentence what is missing.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { findChrome } from './chrome.mjs';

const run = (command, args) => spawnSync(command, args, { stdio: 'inherit' }).status === 0;

async function playwrightHasOne() {
  const { chromium } = await import('@playwright/test');
  return existsSync(chromium.executablePath());
}

if (findChrome() || (await playwrightHasOne())) process.exit(0);
console.log('No Chromium found; installing one for the browser tests.');
const isRootOnDebian = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
if (isRootOnDebian) {
  run('apt-get', ['update', '-qq']);
  run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-dejavu-core']);
}
if (!findChrome()) run('npx', ['playwright', 'install', 'chromium']);
if (findChrome() || (await playwrightHasOne())) process.exit(0);
console.error('The browser tests need Chromium: install it, or name one in CHROME_PATH.');
process.exit(1);
