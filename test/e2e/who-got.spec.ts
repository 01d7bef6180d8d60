import type { Locator } from '@playwright/test';
import { RawClient } from '../conformance/mqtt/raw-client.ts';
import { dialTcp } from '../conformance/mqtt/streams.ts';
import { ack } from '../conformance/mqtt/wire.ts';
import { selectTopic, startQuietBroker } from './steps.ts';
import { expect, freePort, test } from './workbench.ts';

test('who got a message, who did not, and why', async ({ workbench }) => {
  const { page } = workbench;
  const port = await startQuietBroker(page, await freePort(), await freePort());
  const connect = async (clientId: string): Promise<RawClient> => {
    const client = new RawClient(await dialTcp(port), 5);
    await client.connect({ clientId });
    return client;
  };
  const section = page.getByRole('region', { name: 'Who got it' });
  const tracing = section.getByRole('switch', { name: 'Tracing' });
  const receiver = (clientId: string): Locator => section.getByRole('listitem').filter({ hasText: clientId });
  const sender = await connect('sender');
  await sender.subscribe({ filter: 'plant/+', qos: 1, noLocal: true });

  await sender.publish({ topic: 'plant/press', payload: 'first', qos: 1 });
  await selectTopic(page, 'plant/press');
  await expect(section).toContainText('Tracing is off');
  await expect(tracing).not.toBeChecked();
  await tracing.click();
  await expect(section).toContainText('This message was not traced');

  await sender.publish({ topic: 'plant/press', payload: 'second', qos: 1 });
  await expect(receiver('sender')).toContainText('Not sent back to its publisher');
  await expect(section).toContainText('Sent to nobody');

  const slow = await connect('slow');
  await slow.subscribe([
    { filter: 'plant/#', qos: 1 },
    { filter: '#', qos: 0 },
  ]);
  await sender.publish({ topic: 'plant/press', payload: 'third', qos: 1 });
  await expect(section).toContainText('Sent to 1 client');
  await expect(receiver('slow')).toContainText('Sent, not acknowledged yet');
  await expect(receiver('slow')).toContainText('QoS 1');
  await expect(receiver('slow').getByRole('code')).toHaveText(['#', 'plant/#']);
  slow.send(ack('puback', (await slow.expectPacket('publish')).id));
  await expect(receiver('slow')).toContainText('Acknowledged after');

  // What is known stays, and nothing new comes.
  await tracing.click();
  await expect(receiver('slow')).toContainText('Acknowledged after');
  await sender.publish({ topic: 'plant/press', payload: 'fourth', qos: 1 });
  await expect(section).toContainText('Tracing is off');
  sender.drop();
  slow.drop();
});
