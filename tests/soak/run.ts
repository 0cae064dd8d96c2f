import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { seed } from '../faults/chance.ts';
import { soak, told } from './soak.ts';

/** `npm run soak`: reads the options and prints the report. Returns exit code 1 if a goal is missed, timings aside. */
export async function run(args: readonly string[], hostileProgram: string): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string', default: '10' },
      quiet: { type: 'string', default: '60' },
      boards: { type: 'string', default: '10' },
      people: { type: 'string', default: '50' },
      sockets: { type: 'string', default: '100' },
      everywhere: { type: 'boolean', default: false },
    },
  });
  console.log(
    `Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model ?? 'processor'}, load ${loadavg()[0]?.toFixed(1) ?? ''}, SEED=${seed}`,
  );
  const boards = Number(values.boards);
  const report = await soak({
    seed,
    quietMs: Number(values.quiet) * 1_000,
    attackMs: Number(values.minutes) * 60_000,
    boards,
    peopleEach: Math.ceil(Number(values.people) / boards),
    hostileSockets: Number(values.sockets),
    hostileProgram,
    everywhere: values.everywhere,
    say: (line) => console.log(line),
  });
  const { quiet, attacked, early, late } = report;
  console.log('\nAttacks made:');
  for (const [name, times] of Object.entries(report.deeds)) console.log(`  ${times} x ${name}`);
  console.log(`\nquiet     ${told(quiet)}`);
  console.log(`attacked  ${told(attacked)}`);
  console.log(`on the boards of hostile people, quiet     ${told(report.quietAmong)}`);
  console.log(`on the boards of hostile people, attacked  ${told(report.attackedAmong)}`);
  for (const [when, { loopP99Ms, coreShare }] of [
    ['quiet', report.quietLoad],
    ['attacked', report.attackedLoad],
  ] as const)
    console.log(
      `the server ${when}: event loop late by ${loopP99Ms.toFixed(1)} ms at p99, ${(100 * coreShare).toFixed(0)} % of a core`,
    );
  console.log(
    `the honest people's own process: late by ${report.ownLateMs.quiet.toFixed(1)} ms quiet, ${report.ownLateMs.attacked.toFixed(1)} ms attacked, at p99`,
  );
  console.log(`p50 ratio ${(attacked.p50 / quiet.p50).toFixed(2)}`);
  console.log(`p99 ratio ${(attacked.p99 / quiet.p99).toFixed(2)} (goal: at most 3)`);
  const goals: [string, boolean][] = [
    [
      `memory ${early.toFixed(0)} MB after a fifth of the time, ${late.toFixed(0)} MB at the end: ratio ${(late / early).toFixed(2)} (at most 1.1)`,
      late / early <= 1.1,
    ],
    [`${report.lost.length} of ${report.owed} words lost after kill -9`, report.lost.length === 0],
    ['all documents of a board are equal', report.areEqual],
    [`${report.closings.length} honest sockets closed`, report.closings.length === 0],
    [`${report.serverErrors.length} errors logged`, report.serverErrors.length === 0],
  ];
  for (const [goal, isMet] of goals) console.log(`${isMet ? 'ok    ' : 'FAILED'} ${goal}`);
  return goals.every(([, isMet]) => isMet) ? 0 : 1;
}
