// Loaded into each server that is measured. SIGUSR2 has it collect its garbage, so that memory can be compared;
// or, with BENCH_PROFILE, begin a CPU profile, and at the next signal write it to that file.
import { renameSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';

const { BENCH_PROFILE: file } = process.env;
let session = null;

process.on('SIGUSR2', () => {
  if (!file) return globalThis.gc?.();
  if (session === null) {
    session = new Session();
    session.connect();
    session.post('Profiler.enable');
    session.post('Profiler.setSamplingInterval', { interval: 1000 });
    session.post('Profiler.start');
    return;
  }
  session.post('Profiler.stop', (_, { profile }) => {
    // Whole at once: whoever waits for it reads it as soon as it is there.
    writeFileSync(`${file}.part`, JSON.stringify(profile));
    renameSync(`${file}.part`, file);
    session = null;
  });
});
