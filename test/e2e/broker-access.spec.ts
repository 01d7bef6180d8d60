import type { Locator } from '@playwright/test';
import { RawClient } from '../conformance/mqtt/raw-client.ts';
import { dialTcp } from '../conformance/mqtt/streams.ts';
import { subscribe, type ConnectFields } from '../conformance/mqtt/wire.ts';
import { violations } from './axe.ts';
import { expectFieldError, goToBroker, selectTopic, startQuietBroker, topicTree } from './steps.ts';
import { expect, freePort, test } from './workbench.ts';

/** Of openssl passwd -6 -salt pepper builder. */
const bob = 'bob:$6$pepper$NBSRag1J.8EvHWygHTxHHTyA5KjMU2cdwdbAZprQ9kR9ZJlZtg5eQWLSx7w1DyEHF7El.7J50fiuK5IBYgytS/';

test('users and rules: made by clicking, with what they would change before they are saved', async ({ workbench }) => {
  const { page } = workbench;
  const port = await startQuietBroker(page, await freePort(), await freePort());
  const connect = async (fields: ConnectFields, code = 0): Promise<RawClient> => {
    const client = new RawClient(await dialTcp(port), 5);
    await client.connect(fields, code);
    return client;
  };
  // A toast is a dialog as well.
  const dialog = page.getByRole('dialog').filter({ has: page.getByRole('button', { name: 'Close' }) });
  const rules = page.getByRole('list', { name: 'Rules' });
  const changes = page.getByRole('list', { name: 'What would change' });
  const rule = (text: string): Locator => rules.getByRole('listitem').filter({ hasText: text });
  const save = page.getByRole('button', { name: 'Save', exact: true });
  const addRule = async (filter: string, choose: () => Promise<void> = () => Promise.resolve()): Promise<void> => {
    await page.getByRole('button', { name: 'Add rule' }).click();
    await choose();
    await dialog.getByLabel('Topic filter').fill(filter);
    await dialog.getByRole('button', { name: 'Add rule' }).click();
    await expect(dialog).toBeHidden();
  };
  const sender = await connect({ clientId: 'sender' });
  const boiler = await connect({ clientId: 'boiler', username: 'alice', password: 'looking-glass' });
  await boiler.subscribe('plant/secret');
  await sender.publish({ topic: 'plant/open', qos: 1 });

  await test.step('a user', async () => {
    await goToBroker(page, 'Access');
    await page.getByRole('button', { name: 'Add user' }).click();
    await dialog.getByRole('button', { name: 'Add user' }).click();
    await expectFieldError(dialog.getByLabel('User name'), 'Enter a user name.');
    await expectFieldError(dialog.getByLabel('Password', { exact: true }), 'Enter a password.');
    await dialog.getByLabel('User name').fill('alice');
    await dialog.getByLabel('Password', { exact: true }).fill('looking-glass');
    await dialog.getByRole('button', { name: 'Add user' }).click();
    await expect(page.getByRole('list', { name: 'Users' })).toContainText('alice');
  });

  await test.step('a rule, whose effect is shown before it is saved', async () => {
    await page.getByRole('button', { name: 'Add rule' }).click();
    await dialog.getByRole('radio', { name: 'Deny' }).click();
    await dialog.getByRole('radio', { name: 'Subscribe', exact: true }).click();
    await dialog.getByRole('combobox', { name: 'For whom' }).click();
    await page.getByRole('option', { name: 'A user', exact: true }).click();
    await dialog.getByLabel('Topic filter').fill('plant/#/secret');
    await expectFieldError(dialog.getByLabel('Topic filter'), /may only stand alone as the last level/);
    await dialog.getByLabel('Topic filter').fill('plant/secret');
    await dialog.getByRole('button', { name: 'Add rule' }).click();
    await expectFieldError(dialog.getByLabel('User name'), 'Enter a user name.');
    await dialog.getByLabel('User name').fill('alice');
    await dialog.getByRole('button', { name: 'Add rule' }).click();
    await expect(rule('plant/secret')).toHaveCount(1);
    await expect(changes.getByRole('listitem')).toHaveCount(1);
    await expect(changes).toContainText('boiler as alice');
    await expect(changes).toContainText('now allowed, as no rule matches; then denied by rule 1');
    expect(await violations(workbench, 'Access')).toEqual([]);
    // Nothing has changed yet.
    await sender.publish({ topic: 'plant/secret', qos: 1 });
    expect((await boiler.expectPacket('publish')).topic).toBe('plant/secret');

    await page.getByRole('radio', { name: 'Only users' }).click();
    await page.getByRole('checkbox', { name: /without a user name/ }).click();
    await expect(page.getByRole('list', { name: 'Clients that would be disconnected' }).getByRole('listitem')).toHaveText([/sender/, /boiler/]);
    await page.getByRole('radio', { name: 'Anybody' }).click();
    await page.getByRole('radio', { name: 'Denied' }).click();
    await expect(changes).toContainText('published to plant/open');
    await page.getByRole('radio', { name: 'Allowed' }).click();
  });

  await test.step('rules are moved by keys, and come back after they were deleted', async () => {
    await addRule('lab/%u/#');
    await rule('lab/%u/#').focus();
    await page.keyboard.press('Alt+ArrowUp');
    await expect(rules.getByRole('listitem')).toHaveText([/lab\/%u\/#/, /plant\/secret/]);
    await expect(rule('lab/%u/#')).toBeFocused();
    await expect(changes).toContainText('then denied by rule 2');
    await page.keyboard.press('Alt+ArrowDown');
    await expect(rule('lab/%u/#')).toBeFocused();
    await page.keyboard.press('Alt+ArrowUp');
    await expect(rule('lab/%u/#')).toBeFocused();
    await page.keyboard.press('Delete');
    await expect(rules.getByRole('listitem')).toHaveCount(1);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(rules.getByRole('listitem')).toHaveText([/lab\/%u\/#/, /plant\/secret/]);
    await page.keyboard.press('ControlOrMeta+S');
    await expect(save).toBeHidden();
  });

  await test.step('a client that is refused is seen in “Who got it?” and under what was refused, and gets a rule from there', async () => {
    const late = await connect({ clientId: 'late', username: 'alice', password: 'looking-glass' });
    late.send(subscribe(5, 1, [{ filter: 'plant/secret', qos: 0 }]));
    expect((await late.expectPacket('suback')).codes).toEqual([0x87]);
    await selectTopicIn('plant/secret');
    const section = page.getByRole('region', { name: 'Who got it' });
    await section.getByRole('switch', { name: 'Tracing' }).click();
    await expect(section).toContainText('This message was not traced');
    await sender.publish({ topic: 'plant/secret', qos: 1 });
    const receiver = (id: string): Locator => section.getByRole('listitem').filter({ hasText: id });
    await expect(receiver('late')).toContainText('Not allowed to receive it');
    await expect(receiver('boiler')).toContainText('Not allowed to receive it');

    await goToBroker(page, 'Clients');
    await page.getByRole('radiogroup', { name: 'Show' }).getByRole('radio', { name: 'Refused' }).click();
    await expect(page.getByRole('region', { name: 'Refused and cut off' })).toContainText('May not subscribe to “plant/secret”: rule 2.');
    await selectTopicIn('plant/secret');
    await receiver('late').getByRole('button', { name: 'Make a rule' }).click();
    await expect(dialog.getByLabel('Client id')).toHaveValue('late');
    await expect(dialog.getByLabel('Topic filter')).toHaveValue('plant/secret');
    await dialog.getByRole('button', { name: 'Add rule' }).click();
    await expect(rules.getByRole('listitem').first()).toContainText('client late');
    await expect(changes.getByRole('listitem')).toHaveText([/late as alice.*then allowed by rule 1/s]);
    await save.click();
    await expect(save).toBeHidden();
    expect((await late.subscribe('plant/secret')).codes).toEqual([2]);
    late.drop();
  });

  await test.step('a password file, of which is said what cannot be carried over', async () => {
    await page.getByRole('button', { name: 'Import a password file' }).click();
    await dialog
      .getByLabel('File of users', { exact: true })
      .setInputFiles({ name: 'passwords', mimeType: 'text/plain', buffer: Buffer.from(`${bob}\ncarol:$2y$10$abc\n`) });
    await expect(dialog.getByRole('list', { name: 'Users of the file' })).toContainText('bob');
    await expect(dialog.getByRole('list', { name: 'What cannot be carried over' })).toContainText('line 2');
    await dialog.getByRole('button', { name: 'Import 1 user' }).click();
    await expect(page.getByRole('list', { name: 'Users' }).getByRole('listitem')).toHaveCount(2);
    await page.getByRole('button', { name: 'Delete bob' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
    await expect(page.getByRole('list', { name: 'Users' }).getByRole('listitem')).toHaveCount(1);
  });
  for (const client of [sender, boiler]) client.drop();

  async function selectTopicIn(topic: string): Promise<void> {
    await page.getByRole('navigation', { name: 'Places' }).getByRole('button', { name: 'Topics', exact: true }).click();
    await expect(topicTree(page)).toBeVisible();
    await selectTopic(page, topic);
  }
});
