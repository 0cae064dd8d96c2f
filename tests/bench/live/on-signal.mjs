// Loaded into each measured server. On SIGUSR2 it collects garbage, so that memory can be compared. With BENCH_PROFILE,
// the first signal starts a CPU profile, and the next one writes it to that file.
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
    // Renamed into place, so that a waiting process finds a complete file.
    writeFileSync(`${file}.part`, JSON.stringify(profile));
    renameSync(`${file}.part`, file);
    session = null;
  });
});
