// `npm test`: every stage, also after one has failed, and one closing line over all of them.
// `npm test -- <pattern>`: only the test files whose path has the pattern in it, and what these need.
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';

const browser = ['browser', ['tests/ensure-browser.mjs']];
const check = ['check', ['tests/check.mjs']];
const build = ['build', ['node_modules/vite/bin/vite.js', 'build', '--logLevel', 'warn']];
const tests = (filters) => ['tests', ['node_modules/vitest/vitest.mjs', 'run', ...filters]];
const isWhole = process.argv.length === 2;

const patterns = process.argv.slice(2);
const option = patterns.find((pattern) => pattern.startsWith('-'));
if (option !== undefined) {
  fail(`npm test takes parts of test file paths, not options such as ${option}: call npx vitest for those.`);
}

// Each path contains the empty pattern.
const files = filesFor(isWhole ? [''] : patterns);
const stages = isWhole ? [browser, check, build, tests([])] : stagesFor(files);
const total = { passed: 0, failed: 0, skipped: 0 };

for (const [name, args] of stages) {
  console.log(`\n== ${name}`);
  const { status, output } = await run(args);
  const line = [...output.matchAll(/^(\d+) passed, (\d+) failed, (\d+) skipped$/gm)].at(-1);
  const [passed, failed, skipped] = line ? line.slice(1).map(Number) : [status === 0 ? 1 : 0, 0, 0];
  total.passed += passed;
  total.skipped += skipped;
  // A stage that ends badly without counting a failure has failed all the same.
  total.failed += status !== 0 && failed === 0 ? 1 : failed;
}

if (!isWhole) {
  console.log('\nThis was a part of the tests: format, types, lint and import rules were left out.');
}
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed > 0 ? 1 : 0;

/** The test files whose path has one of the patterns in it. */
function filesFor(patterns) {
  const files = readdirSync('tests', { recursive: true })
    .map((path) => `tests/${path.replaceAll('\\', '/')}`)
    .filter((path) => path.endsWith('.test.ts'));
  const found = files.filter((path) => patterns.some((pattern) => path.includes(pattern)));
  if (found.length === 0) fail(`No test file has ${patterns.join(' or ')} in its path.`);
  return found;
}

/** Only tests of the browser and of faults run the built server. */
function stagesFor(files) {
  const needsBrowser = files.some((path) => path.startsWith('tests/e2e/'));
  const needsBuild = needsBrowser || files.some((path) => path.startsWith('tests/faults/'));
  return [...(needsBrowser ? [browser] : []), ...(needsBuild ? [build] : []), tests(files)];
}

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}

function run(args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'inherit'],
      // It is an error if one of these does not run: see closing-line.ts.
      env: { ...process.env, TEST_FILES: files.join('\n') },
    });
    let output = '';
    child.stdout.on('data', (chunk) => {
      process.stdout.write(chunk);
      output += chunk;
    });
    child.on('close', (status) => resolve({ status, output }));
  });
}
