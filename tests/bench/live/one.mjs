// One measurement in a process of its own, so that none inherits the heap, the compiled code or the mishaps of
// another. Told by run.mjs: `boards` to note the states of some, or a scenario and a system; answers by message.
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
    // Sockets of a server that was killed may still be closing.
    setTimeout(() => process.exit(), 500).unref();
  }
});

/** Each board is made once at a server of ours, whose guard has then seen it; the others get its bytes. */
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
