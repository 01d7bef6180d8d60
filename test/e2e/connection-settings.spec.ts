import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { test } from './peers.ts';
import { scriptedBroker } from './scripted-broker.ts';
import {
  clipboardText,
  addSubscription,
  connectionEntry,
  connectionForm,
  connectionState,
  expectFieldError,
  goTo,
  newConnection,
  openSection,
  subscriptionLine,
} from './steps.ts';
import { expect } from './workbench.ts';

const pem = (kind: string): string => `-----BEGIN ${kind}-----\nAAAA\n-----END ${kind}-----\n`;
const field = (page: Page, label: string) => connectionForm(page).getByLabel(label, { exact: true });
const section = (page: Page, name: string) => connectionForm(page).getByRole('button', { name: new RegExp(`^${name}\\b`) });

async function choose(page: Page, label: string, option: string): Promise<void> {
  await connectionForm(page).getByRole('combobox', { name: label, exact: true }).click();
  await page.getByRole('option', { name: option, exact: true }).click();
}

test('a profile with everything set is sent as it was written, and is there after a restart', async ({ workbench, peers }) => {
  const { page } = workbench;
  const broker = scriptedBroker((packet, send) => {
    if (packet.type !== 'connect') return;
    send({
      type: 'connack',
      sessionPresent: false,
      code: 0,
      properties: {
        maximumQos: 1,
        serverKeepAlive: 120,
        reasonString: 'glad to see you',
        responseInformation: 'replies/bench',
        maximumPacketSize: 2048,
        sharedSubscriptionAvailable: 0,
        userProperties: [['region', 'cellar']],
      },
    });
  });
  const proxy = await peers.tcp(broker.onSocket);
  await newConnection(page, { name: 'Bench', address: 'mqtt://broker.invalid:1883', userName: 'me', password: 'letmein' });

  await test.step('each folded part tells in a line what is set in it', async () => {
    await choose(page, 'Client id', 'Of my own');
    await field(page, 'Fixed client id').fill('bench');
    await openSection(page, 'General');
    await field(page, 'Folder').fill('Plant / Line 2');
    await connectionForm(page).getByRole('radio', { name: 'teal' }).click();
    await field(page, 'Notes').fill('In the cellar.');
    await expect(section(page, 'General')).toContainText('In Plant/Line 2, teal, notes');

    await openSection(page, 'Session');
    await field(page, 'Keep-alive').fill('10');
    await field(page, 'Ping delay').fill('1');
    await expect(connectionForm(page)).toContainText('On the wire: 9 s');
    await field(page, 'Session expiry').fill('3600');
    await field(page, 'Receive maximum').fill('20');
    await field(page, 'Maximum packet size').fill('1000000');
    await field(page, 'Topic alias maximum').fill('7');
    await choose(page, 'Request response information', 'Yes');
    await choose(page, 'Request problem information', 'No');
    for (const value of ['one', 'two']) {
      await connectionForm(page).getByRole('button', { name: 'Add user property' }).click();
      await field(page, `Name of user property ${value === 'one' ? 1 : 2}`).fill('tag');
      await field(page, `Value of user property ${value === 'one' ? 1 : 2}`).fill(value);
    }
    await expect(section(page, 'Session')).toContainText('Clean start, expires after 1 h, keep-alive 9 s, time-out 10 s, 5 more properties, 2 user properties');

    await openSection(page, 'Will');
    await connectionForm(page)
      .getByRole('checkbox', { name: /^Leave a will/ })
      .click();
    await field(page, 'Topic of the will').fill('bench/state');
    await field(page, 'Payload of the will').fill('gone');
    await connectionForm(page).getByRole('radiogroup', { name: 'QoS of the will' }).getByRole('radio', { name: '1' }).click();
    await field(page, 'Will delay').fill('5');
    await field(page, 'Message expiry').fill('60');
    await field(page, 'Content type').fill('text/plain');
    await field(page, 'Response topic').fill('bench/answer');
    await field(page, 'Correlation data').fill('dead');
    await choose(page, 'Correlation data is written as', 'Hex');
    await connectionForm(page)
      .getByRole('checkbox', { name: /^Say that the payload/ })
      .click();
    await expect(section(page, 'Will')).toContainText('“bench/state”, QoS 1');

    await openSection(page, 'TLS');
    await choose(page, 'Verify the broker’s certificate', 'Optional');
    await expect(connectionForm(page)).toContainText('CERT_OPTIONAL of Python');
    await connectionForm(page).getByRole('button', { name: 'Paste the CA' }).click();
    await field(page, 'Certificate authority (CA) as PEM').fill(pem('CERTIFICATE'));
    // A file with both: the key goes where it is kept secret.
    await connectionForm(page)
      .getByLabel('File of the client certificate', { exact: true })
      .setInputFiles({ name: 'client.pem', mimeType: 'text/plain', buffer: Buffer.from(pem('CERTIFICATE') + pem('PRIVATE KEY')) });
    await expect(connectionForm(page).getByRole('group', { name: 'Private key' })).toContainText('From the file of the certificate');
    await field(page, 'ALPN').fill('mqtt');
    await expect(section(page, 'TLS')).toContainText('(set: verify optional, own CA, client certificate, ALPN mqtt)');

    await openSection(page, 'WebSocket');
    await connectionForm(page).getByRole('button', { name: 'Add header' }).click();
    await field(page, 'Name of header 1').fill('X-Bench');
    await field(page, 'Value of header 1').fill('1');
    await expect(section(page, 'WebSocket')).toContainText('(set: 1 extra header)');

    await openSection(page, 'Proxy');
    await choose(page, 'Proxy', 'HTTP (CONNECT)');
    await field(page, 'Host of the proxy').fill('127.0.0.1');
    await field(page, 'Port of the proxy').fill(String(proxy));
    await expect(section(page, 'Proxy')).toContainText(`HTTP, 127.0.0.1:${proxy}`);

    await openSection(page, 'Reconnect');
    await field(page, 'Interval').fill('5');
    await field(page, 'Multiplier').fill('1.5');
    await field(page, 'Longest wait').fill('60');
    await expect(connectionForm(page).getByRole('group', { name: 'Waits' })).toContainText('7.5 s11.25 s16.875 s25.313 s');
    await field(page, 'Attempts').fill('3');
    await expect(connectionForm(page).getByRole('group', { name: 'Waits' })).toContainText('16.875 sthen it gives up');

    await openSection(page, 'Limits');
    await field(page, 'Waiting messages while offline').fill('50');
    await field(page, 'Largest payload').fill('4096');
    await openSection(page, 'Publishing defaults');
    await connectionForm(page).getByRole('button', { name: 'Add topic' }).click();
    await field(page, 'Topic 1').fill('bench/set');
    await choose(page, 'QoS of topic 1', 'QoS 2');
  });

  await test.step('a problem in a folded part opens it and is focused', async () => {
    await field(page, 'Jitter').fill('150');
    await section(page, 'Reconnect').click();
    await expect(field(page, 'Jitter')).toHaveCount(0);
    await page.keyboard.press('ControlOrMeta+s');
    await expect(field(page, 'Jitter')).toBeFocused();
    await expectFieldError(field(page, 'Jitter'), 'Enter a number from 0 to 100 percent.');
    await expect(connectionState(page)).toContainText('Not saved yet');
    await field(page, 'Jitter').fill('0');
  });

  await test.step('the broker gets what was set, and its answer is shown', async () => {
    await page.getByRole('button', { name: 'Save & connect' }).click();
    await expect(connectionState(page)).toContainText('Connected for');
    expect(broker.proxied[0]).toMatch(/^CONNECT broker\.invalid:1883 HTTP\/1\.1\r\n/);
    const [connect] = broker.connects;
    expect(connect).toMatchObject({
      clientId: 'bench',
      cleanStart: true,
      keepAlive: 9,
      username: 'me',
      properties: {
        sessionExpiryInterval: 3600,
        receiveMaximum: 20,
        maximumPacketSize: 1_000_000,
        topicAliasMaximum: 7,
        requestResponseInformation: 1,
        requestProblemInformation: 0,
        userProperties: [
          ['tag', 'one'],
          ['tag', 'two'],
        ],
      },
      will: {
        topic: 'bench/state',
        qos: 1,
        retain: false,
        properties: { willDelayInterval: 5, messageExpiryInterval: 60, contentType: 'text/plain', responseTopic: 'bench/answer', payloadFormatIndicator: 1 },
      },
    });
    expect(Buffer.from(connect?.password ?? []).toString()).toBe('letmein');
    expect(Buffer.from(connect?.will?.payload ?? []).toString()).toBe('gone');
    expect(Buffer.from(connect?.will?.properties?.correlationData ?? []).toString('hex')).toBe('dead');
    const card = page.getByRole('region', { name: 'This connection' });
    for (const text of [
      'Maximum QoS1',
      'Maximum packet size2 KiB',
      'Shared subscriptionsno',
      'Reasonglad to see you',
      'Response informationreplies/bench',
      'regioncellar',
    ]) {
      await expect(card).toContainText(text);
    }
    await expect(card).toContainText('2 min, as the broker asks');
    await card.getByRole('button', { name: 'Ping' }).click();
    await expect(card).toContainText(/There and back in [\d.]+ ms/);
    // The password goes to a host beyond this machine, without TLS.
    await expect(page.getByText('Insecure', { exact: true })).toBeVisible();
    await expect(connectionEntry(page, 'Bench').getByRole('img', { name: 'insecure' })).toBeVisible();
  });

  await test.step('what a live connection does not know yet is named, and counts after it is made again', async () => {
    await field(page, 'Fixed client id').fill('bench-2');
    await field(page, 'Notes').fill('In the attic.');
    await expect(page.getByText('Client id counts from the next connect')).toBeVisible();
    await page.keyboard.press('ControlOrMeta+s');
    await expect(page.getByText('Unsaved changes')).toBeHidden();
    await expect(page.getByText('Client id counts from the next connect')).toBeVisible();
    await page.getByRole('button', { name: 'Reconnect now' }).click();
    await expect.poll(() => broker.connects.at(-1)?.clientId).toBe('bench-2');
    await expect(connectionState(page)).toContainText('Connected for');
    await expect(page.getByText('counts from the next connect')).toBeHidden();
  });

  await test.step('all of it is there after a restart, secrets unseen', async () => {
    const again = await workbench.restart();
    await goTo(again, 'Connections');
    await expect(connectionForm(again).getByRole('group', { name: 'Password' })).toContainText('Stored, never shown');
    for (const [name, summary] of [
      ['General', 'In Plant/Line 2, teal, notes'],
      ['Session', 'Clean start, expires after 1 h, keep-alive 9 s, time-out 10 s, 5 more properties, 2 user properties'],
      ['Will', '“bench/state”, QoS 1'],
      ['TLS', '(set: verify optional, own CA, client certificate, ALPN mqtt)'],
      ['WebSocket', '(set: 1 extra header)'],
      ['Proxy', `HTTP, 127.0.0.1:${proxy}`],
      ['Reconnect', '7.5 s to 16.875 s, 3 attempts'],
      ['Limits', 'Up to 50 messages wait while offline, payloads up to 4 KiB'],
      ['Publishing defaults', 'QoS 0, not retained, 1 topic of its own'],
    ] as const) {
      await expect(section(again, name)).toContainText(summary);
    }
    await openSection(again, 'TLS');
    await expect(connectionForm(again).getByRole('group', { name: 'Private key' })).toContainText('Stored, never shown');
    await openSection(again, 'Will');
    await expect(field(again, 'Correlation data')).toHaveValue('3q0=');
    const folder = path.join(workbench.workspace, 'connections');
    for (const file of readdirSync(folder)) expect(readFileSync(path.join(folder, file), 'utf8')).not.toMatch(/letmein|PRIVATE KEY/);
  });
  expect(workbench.pageErrors).toEqual([]);
});

test('a challenge of the broker is answered by a person, and messages too large for the limit are told', async ({ workbench, peers }) => {
  const { page } = workbench;
  const answers: string[] = [];
  const broker = scriptedBroker((packet, send) => {
    if (packet.type === 'connect') {
      send({ type: 'auth', code: 0x18, properties: { authenticationMethod: 'riddle', authenticationData: Buffer.from('What walks?') } });
    } else if (packet.type === 'auth') {
      answers.push(Buffer.from(packet.properties?.authenticationData ?? []).toString('hex'));
      if (answers.length === 1)
        send({ type: 'auth', code: 0x18, properties: { authenticationMethod: 'riddle', authenticationData: Uint8Array.from([0, 255]) } });
      else send({ type: 'connack', sessionPresent: false, code: 0, properties: { authenticationMethod: 'riddle' } });
    } else if (packet.type === 'subscribe') {
      send({ type: 'suback', packetId: packet.packetId, codes: [0], properties: null });
      const large = { type: 'publish', dup: false, qos: 0, retain: false, packetId: 0, properties: null } as const;
      send({ ...large, topic: 'camera/front', payload: Buffer.from(`start ${'x'.repeat(2000)}`) });
    }
  });
  const port = await peers.tcp(broker.onSocket);
  await newConnection(page, { name: 'Riddle', address: `mqtt://127.0.0.1:${port}` });
  await openSection(page, 'Authentication');
  await choose(page, 'Enhanced authentication', 'Dialog');
  await field(page, 'Method').fill('riddle');
  await openSection(page, 'Limits');
  await field(page, 'Largest payload').fill('1000');
  await addSubscription(page, 'camera/#', 0);
  await page.getByRole('button', { name: 'Save & connect' }).click();

  const card = page.getByRole('region', { name: 'The broker asks' });
  await expect(card).toContainText('What walks?');
  await card.getByRole('textbox', { name: 'Answer' }).fill('a man');
  await card.getByRole('button', { name: 'Send the answer' }).click();
  await expect(card.getByLabel('Challenge', { exact: true })).toHaveText('00 ff');
  await card.getByRole('combobox', { name: 'Answer is written as' }).click();
  await page.getByRole('option', { name: 'Hex' }).click();
  await card.getByRole('textbox', { name: 'Answer' }).fill('0');
  await expect(card.getByRole('button', { name: 'Send the answer' })).toBeDisabled();
  await card.getByRole('textbox', { name: 'Answer' }).fill('00 01');
  await card.getByRole('button', { name: 'Send the answer' }).click();
  await expect(subscriptionLine(page, 'camera/#')).toContainText('granted QoS 0');
  await expect(card).toBeHidden();
  expect(answers).toEqual([Buffer.from('a man').toString('hex'), '0001']);

  await expect(page.getByText('1 message was larger than this connection takes')).toBeVisible();
  await page.getByRole('button', { name: 'Show them' }).click();
  const dropped = page.getByRole('list', { name: 'Dropped messages' });
  await expect(dropped).toContainText('camera/front');
  await expect(dropped).toContainText('start xxx');
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
  await page.getByRole('button', { name: 'Copy the active subscriptions (1)' }).click();
  await page.getByRole('menuitem', { name: 'As text' }).click();
  await expect.poll(() => clipboardText(workbench)).toBe('camera/#');
  expect(workbench.pageErrors).toEqual([]);
});

test('connections stand in folders, favourites first, and are found, moved and connected from the list', async ({ workbench, peers }) => {
  const { page } = workbench;
  const broker = scriptedBroker((packet, send) => {
    if (packet.type === 'connect') send({ type: 'connack', sessionPresent: false, code: 0, properties: null });
  });
  const port = await peers.tcp(broker.onSocket);
  await newConnection(page, { name: 'Alpha', address: `mqtt://127.0.0.1:${port}` });
  await page.keyboard.press('ControlOrMeta+s');
  await newConnection(page, { name: 'Beta', address: `mqtt://127.0.0.1:${port}` });
  await page.keyboard.press('ControlOrMeta+s');
  const tree = page.getByRole('tree', { name: 'Connections' });
  const rows = tree.getByRole('treeitem');
  await expect(rows).toHaveText([/^Alpha/, /^Beta/]);
  const menu = async (name: RegExp, item: string): Promise<void> => {
    await tree.getByRole('treeitem', { name }).click({ button: 'right' });
    await page.getByRole('menuitem', { name: item }).click();
  };

  await menu(/^Alpha/, 'Move to a folder …');
  await page
    .getByRole('dialog')
    .getByRole('combobox', { name: 'Folder' })
    .or(page.getByRole('dialog').getByRole('textbox', { name: 'Folder' }))
    .fill('Plant/Line 2');
  await page.getByRole('dialog').getByRole('button', { name: 'Move' }).click();
  await expect(rows).toHaveText([/^Plant.*1 connection$/, /^Line 2/, /^Alpha/, /^Beta/]);
  await menu(/^Beta/, 'Favourite');
  await expect(rows).toHaveText([/^Beta/, /^Plant/, /^Line 2/, /^Alpha/]);

  await tree.getByRole('treeitem', { name: /^Alpha/ }).click();
  await tree.getByRole('button', { name: 'Connect Alpha' }).click();
  await expect(connectionEntry(page, 'Alpha')).toContainText('Connected');
  await expect(tree.getByRole('treeitem', { name: /^Plant/ })).toContainText('1 connection, 1 connected');
  await tree.getByRole('treeitem', { name: /^Plant/ }).dblclick();
  await expect(rows).toHaveText([/^Beta/, /^Plant/]);
  await page.getByRole('searchbox', { name: 'Search connections' }).fill('line 2');
  await expect(rows).toHaveText([/^Plant/, /^Line 2/, /^Alpha/]);
  await page.getByRole('searchbox', { name: 'Search connections' }).fill('nowhere');
  await expect(page.getByText('No connection fits')).toBeVisible();
  await page.getByRole('button', { name: 'Clear the search' }).click();

  // What is being written stays while the connection moves.
  await connectionForm(page).getByLabel('User name', { exact: true }).fill('me');
  await menu(/^Plant/, 'Dissolve …');
  await page.getByRole('dialog').getByRole('button', { name: 'Dissolve' }).click();
  await expect(rows).toHaveText([/^Beta/, /^Line 2/, /^Alpha/]);
  await expect(connectionForm(page).getByLabel('User name', { exact: true })).toHaveValue('me');
  await page.keyboard.press('ControlOrMeta+s');
  await expect(page.getByText('Unsaved changes')).toBeHidden();
  await expect(rows).toHaveText([/^Beta/, /^Line 2/, /^Alpha/]);
  expect(workbench.pageErrors).toEqual([]);
});
