import { expect, test } from 'vitest';
import { headlessCommand } from './headless-command.ts';

const run = { folder: '/home/me/work', id: 'Lab', address: 'mqtt://127.0.0.1:1883', environmentId: null, iterations: 1, delayMs: 0, stopOnFailure: false };

test('the shortest command', () => {
  expect(headlessCommand(run)).toBe('mqtt-workbench run /home/me/work/collections/Lab --broker mqtt://127.0.0.1:1883');
});

test('with everything, and names a shell would take apart', () => {
  expect(headlessCommand({ ...run, id: "Bob's lab/All of it", environmentId: 'site-1', iterations: 3, delayMs: 250, stopOnFailure: true })).toBe(
    String.raw`mqtt-workbench run '/home/me/work/collections/Bob'\''s lab/All of it' --broker mqtt://127.0.0.1:1883 --env /home/me/work/environments/site-1.json --iterations 3 --delay 0.25 --bail`,
  );
  expect(headlessCommand({ ...run, id: '$(reboot)' })).toContain("'/home/me/work/collections/$(reboot)'");
  expect(headlessCommand({ ...run, folder: String.raw`C:\Users\Me & Co`, id: 'Lab' })).toContain('"C:');
});
