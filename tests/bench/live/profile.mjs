// Summarizes a CPU profile: the functions that took the most time.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

/** Prints the functions with the most self time, as a share of busy time. */
export function printProfile(file, most = 30) {
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(file, 'utf8'));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const own = new Map();
  let busy = 0;
  for (const [i, id] of samples.entries()) {
    const { functionName, url, lineNumber } = byId.get(id).callFrame;
    if (functionName === '(idle)') continue;
    const place = url === '' ? '' : ` ${basename(url)}:${lineNumber + 1}`;
    const name = `${functionName || '(anonymous)'}${place}`;
    own.set(name, (own.get(name) ?? 0) + timeDeltas[i]);
    busy += timeDeltas[i];
  }
  console.log(`\n${file}: ${(busy / 1e6).toFixed(2)} s at work; of these`);
  for (const [name, us] of [...own].sort(([, a], [, b]) => b - a).slice(0, most))
    console.log(`${((100 * us) / busy).toFixed(1).padStart(6)} %  ${name}`);
}
