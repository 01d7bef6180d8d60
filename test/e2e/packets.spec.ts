import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Locator } from '@playwright/test';
import { onPath } from '../../tools/system.ts';
import { dialTcp } from '../conformance/mqtt/streams.ts';
import { violations } from './axe.ts';
import { fileSavedBy, goTo, goToBroker, savedBy, setBrokerPorts, startBroker } from './steps.ts';
import { expect, freePort, test } from './workbench.ts';

test('the packets of a call: recorded, field by field, filtered, as a sequence, saved', async ({ workbench }) => {
  const { page } = workbench;
  const port = await freePort();
  const list = page.getByRole('list', { name: 'Packets' });
  const row = (text: string | RegExp): Locator => list.getByRole('listitem').filter({ hasText: text });
  const field = (name: RegExp): Locator => page.getByRole('tree', { name: 'Fields' }).getByRole('treeitem', { name });
  const bytes = page.getByRole('group', { name: /^Bytes of the packet/ });
  const marked = async (): Promise<string> => (await bytes.locator('[data-selected]').allTextContents()).filter((text) => text.length === 2).join(' ');
  const find = page.getByRole('searchbox', { name: 'Find in packets' });

  await test.step('recording goes on while other places are looked at', async () => {
    await setBrokerPorts(page, port, await freePort());
    await goToBroker(page, 'Packets');
    await page.getByRole('button', { name: 'Record packets' }).click();
    await expect(page.getByText('The broker does not run')).toBeVisible();
    await startBroker(page);
    await expect(page.getByRole('button', { name: /^Recording · / })).toBeVisible();
    await goTo(page, 'RPC');
    await page.getByRole('button', { name: 'Call the demo device' }).click();
    await page.keyboard.press('ControlOrMeta+Enter');
    await expect(page.getByRole('region', { name: 'Answer' })).toContainText('"uptime_seconds"');
  });

  await test.step('the call leads to its sequence, and a step of it to its packet', async () => {
    await page.getByRole('button', { name: 'More for this call' }).click();
    await page.getByRole('menuitem', { name: 'Show as sequence' }).click();
    const sequence = page.getByRole('region', { name: 'Sequence' });
    await expect(sequence.getByText('Call get_status')).toBeVisible();
    const drawing = sequence.getByRole('group', { name: 'Sequence: Call get_status' });
    await expect(drawing.getByRole('button')).toHaveCount(7);
    await expect(drawing.getByRole('button').first()).toHaveAccessibleName(/^0: workbench-rpc to Local broker: PUBLISH #\d+ edge\/demo-thermostat/);
    await expect(drawing.getByRole('button', { name: /demo-thermostat to Local broker: PUBLISH/ })).toHaveCount(1);
    expect(await violations(workbench, 'a sequence')).toEqual([]);

    const save = (format: string) => async (): Promise<void> => {
      await sequence.getByRole('button', { name: 'Save or copy the sequence' }).click();
      await page.getByRole('menuitem', { name: format }).click();
    };
    expect(await savedBy(page, save('Save as SVG'))).toMatch(/^<svg [^]*demo-thermostat[^]*<\/svg>\n$/);
    expect(await savedBy(page, save('Save as Mermaid text'))).toContain(
      'sequenceDiagram\n    participant p1 as workbench-rpc\n    participant p2 as Local broker\n',
    );
    await sequence.getByRole('radio', { name: 'List' }).click();
    const steps = sequence.getByRole('table', { name: 'Steps of the sequence' });
    await expect(steps.getByRole('row')).toHaveCount(8);
    await steps.getByRole('button', { name: 'PUBACK' }).first().click();
    await expect(page.getByRole('region', { name: 'Packet', exact: true })).toContainText('to workbench-rpc');
    await page.getByRole('button', { name: 'Close the packet' }).click();
  });

  await test.step('a filter finds the login; a field marks its bytes, a byte its field', async () => {
    await page.getByRole('button', { name: /More filters/ }).click();
    await page.getByRole('checkbox', { name: 'CONNECT', exact: true }).click();
    await page.keyboard.press('Escape');
    await expect(row('CONNECT')).toHaveCount(2);
    await row('demo-thermostat').first().click();
    await field(/^Client Identifier/).click();
    await expect(field(/^Client Identifier/)).toHaveAttribute('aria-selected', 'true');
    expect(await marked()).toContain('00 0f 64 65 6d 6f 2d 74 68 65 72 6d 6f 73 74 61 74');
    // The keep alive of the demo device, 30 s.
    await bytes.getByText('1e', { exact: true }).first().click();
    await expect(field(/^Keep Alive/)).toHaveAttribute('aria-selected', 'true');
    expect(await marked()).toBe('00 1e');
    // With the keyboard from byte to byte, each time to the next field.
    await bytes.press('ArrowRight');
    await expect(field(/^Client Identifier/)).toHaveAttribute('aria-selected', 'true');
    await expect(field(/^Password .*hidden/)).toBeVisible();
    expect(await violations(workbench, 'a packet')).toEqual([]);
    await page.getByRole('button', { name: 'Show the password' }).click();
    await expect(field(/^Password .*hidden/)).toHaveCount(0);
    await page.getByRole('button', { name: /More filters, 1 set/ }).click();
    await page.getByRole('button', { name: 'Reset' }).click();
    await page.keyboard.press('Escape');
  });

  await test.step('a broken rule is named with its clause, and what never became whole is shown', async () => {
    const stream = await dialTcp(port);
    stream.write(Buffer.from('100d00044d51545404020 03c000162'.replaceAll(' ', ''), 'hex'));
    // PUBLISH with a wildcard in its topic.
    stream.write(Buffer.from('300500032b2f61', 'hex'));
    await page.getByRole('button', { name: 'Only errors and broken rules' }).click();
    await row(/PUBLISH.*\+\/a/).click();
    await page
      .getByRole('list', { name: 'Broken rules' })
      .getByRole('button', { name: /MQTT-3\.3\.2-2/ })
      .click();
    await expect(field(/^Topic Name/)).toHaveAttribute('aria-selected', 'true');
    await expect(row('The broker ended the connection')).toContainText('MQTT-3.3.2-2');
    stream.destroy();
    await page.getByRole('button', { name: 'Only errors and broken rules' }).click();
  });

  await test.step('what is found is saved, without passwords', async () => {
    await find.fill('workbench-rpc');
    await expect(row('demo-thermostat/')).toHaveCount(0);
    const save = (format: string) => async (): Promise<void> => {
      await page.getByRole('button', { name: 'Save the shown packets' }).click();
      await page.getByRole('menuitem', { name: format }).click();
    };
    const lines = await savedBy(page, save('As lines of curl’s test server'));
    expect(lines).toMatch(/^client CONNECT [0-9a-f]+ 00044d515454/m);
    expect(lines).toMatch(/^server CONNACK [0-9a-f]+ 20/m);
    // The password of a session of the workbench: asterisks to the end of CONNECT.
    expect(lines).toMatch(/^client CONNECT .*(2a){8,}$/m);
    const file = await fileSavedBy(page, save('As pcapng, for Wireshark'));
    expect(file.name).toBe('packets.pcapng');
    expect(file.bytes.readUInt32LE(0)).toBe(0x0a0d0d0a);
    const tshark = onPath('tshark');
    if (tshark === undefined) return;
    const saved = path.join(workbench.workspace, 'packets.pcapng');
    writeFileSync(saved, file.bytes);
    const args = ['-r', saved, '-Y', 'mqtt', '-T', 'fields', '-e', 'mqtt.msgtype', '-e', 'mqtt.clientid', '-e', 'mqtt.topic'];
    const told = execFileSync(tshark, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    expect(told).toMatch(/^1\tworkbench-rpc\t$/m);
    expect(told).toContain('edge/demo-thermostat');
  });

  await test.step('stopping and clearing', async () => {
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await page.getByRole('button', { name: 'Clear the recording' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Clear', exact: true }).click();
    await expect(page.getByText('Nothing is being recorded')).toBeVisible();
  });
});
