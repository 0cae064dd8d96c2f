import { MemoryStore as HeldStore } from '../server/live/memory-store.ts';
import { MemoryStore } from '../server/memory-store.ts';
import { storeContract } from './store-contract.ts';

// Stores that replace the disk in other tests must behave like it.
storeContract('the store in memory', () => {
  const store = new MemoryStore();
  return Promise.resolve({ store, reopen: () => Promise.resolve(store.reopened()) });
});

storeContract('the store in memory that can be held up', () => {
  const store = new HeldStore();
  return Promise.resolve({ store, reopen: () => Promise.resolve(store.reopened()) });
});
