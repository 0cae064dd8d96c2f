// `npm test`: every stage, also after one has failed, and one closing line over all of them.
import { spawn } from 'node:child_process';

const stages = [
  ['check', ['tests/check.mjs']],
  ['build', ['node_modules/vite/bin/vite.js', 'build', '--logLevel', 'warn']],
  ['tests', ['node_modules/vitest/vitest.mjs', 'run']],
];

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

console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed > 0 ? 1 : 0;

function run(args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (chunk) => {
      process.stdout.write(chunk);
      output += chunk;
    });
    child.on('close', (status) => resolve({ status, output }));
  });
}
