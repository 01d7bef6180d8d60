import { expect, it } from 'vitest';
import { followFolder } from './followed-folder.ts';

it('reads again for whoever asks while it is read, up to the very end', async () => {
  for (let turns = 0; turns < 12; turns += 1) {
    let begun = 0;
    let finish = (): void => undefined;
    const folder = followFolder({
      read() {
        begun += 1;
        return begun === 1 ? new Promise((resolve) => (finish = () => resolve([]))) : Promise.resolve([]);
      },
    });
    const first = folder.refresh();
    finish();
    // Each turn is a place between the end of the reading and what follows from it.
    for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
    await folder.refresh();
    await first;
    expect(begun, `${turns} turns later`).toBe(2);
    folder.close();
  }
});

it('goes on after a reading that failed', async () => {
  let fails = true;
  const folder = followFolder({ read: () => (fails ? Promise.reject(new Error('no')) : Promise.resolve([])) });
  await expect(folder.refresh()).rejects.toThrow('no');
  fails = false;
  await folder.refresh();
  folder.close();
});
