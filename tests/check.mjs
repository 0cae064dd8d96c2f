// Format, lint, types and import rules, each a stage that passes or fails; prints the counts last.
import { spawnSync } from 'node:child_process';

const stages = [
  ['format', 'prettier', ['--check', '--log-level', 'warn', '.']],
  ['types', 'svelte-check', ['--tsconfig', './tsconfig.json', '--fail-on-warnings', '--output', 'human']],
  ['lint', 'eslint', ['--max-warnings', '0', '.']],
  [
    'import rules',
    'depcruise',
    ['server', 'client', 'shared', '--config', '.dependency-cruiser.cjs', '--output-type', 'err'],
  ],
];

let passed = 0;
let failed = 0;
for (const [name, command, args] of stages) {
  const started = Date.now();
  const { status } = spawnSync(`node_modules/.bin/${command}`, args, { stdio: 'inherit' });
  if (status === 0) passed++;
  else failed++;
  console.log(`${status === 0 ? 'ok' : 'FAILED'} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
}
console.log(`${passed} passed, ${failed} failed, 0 skipped`);
process.exitCode = failed > 0 ? 1 : 0;
