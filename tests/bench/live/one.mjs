// Runs one measurement in a process of its own, so that it does not inherit the heap, the compiled code or the failures
// of another. run.mjs sends either `boards`, whose states are written to files, or a scenario and a system. The answer
// is a message.
import { rm } from 'node:fs/promises';
import { cleanUp } from '../server.mjs';
import { noteState } from './rooms.mjs';
import { scenarios } from './scenarios.mjs';
import { startSystem } from './systems.mjs';

process.once('message', async (task) => {
  try {
    process.send({ figures: task.boards ? await noteBoards(task.boards) : await measure(task) });
  } catch (error) {
    process.send({ failed: error.message });
  } finally {
    await cleanUp();
    process.disconnect();
    // Sockets of a killed server may still be closing.
    setTimeout(() => process.exit(), 500).unref();
  }
});

/** Each board is made once on a Resa server, so its guard has checked it; the other servers get its bytes. */
async function noteBoards(boards) {
  const { url } = await startSystem('resa');
  for (const of of boards) await noteState(url, of);
  return {};
}

async function measure({ scenario, system: name, seconds, warmUpSeconds, profileTo }) {
  let system = await startSystem(name, { profileTo });
  const again = async () => {
    await system.stop();
    system = await startSystem(name, { folder: system.folder, port: system.port, profileTo });
    return system;
  };
  const { measure: run } = scenarios.find((one) => one.name === scenario);
  const figures = await run(system, { seconds, warmUpSeconds, again });
  await system.kill();
  await rm(system.folder, { recursive: true, force: true });
  return figures;
}
