import { makeCertificates } from '../support/certificates.ts';
import { dialListener } from '../support/dial-listener.ts';
import { connectPacket, rawPeer } from '../support/raw-mqtt.ts';
import { hasOpenssl } from './peers.ts';
import { expectFieldError, goTo, goToBroker, setBrokerPorts } from './steps.ts';
import { expect, freePort, test } from './workbench.ts';

test('a TLS listener is added, checked, used, switched, deleted and brought back', async ({ workbench }) => {
  test.skip(!hasOpenssl(), 'openssl is not installed');
  const certificates = makeCertificates();
  if (!certificates) throw new Error('openssl does not run');
  const { page } = workbench;
  const port = await freePort();
  const tcpPort = await freePort();
  const card = page.getByRole('region', { name: 'Further listeners' });
  const dialog = page.getByRole('dialog');
  const field = (name: string) => dialog.getByRole('textbox', { name, exact: true });
  const addresses = page.getByRole('list', { name: 'Listeners', exact: true });
  const running = page.getByText('The local broker is running');

  try {
    await test.step('the form says next to the field what is missing', async () => {
      await setBrokerPorts(page, tcpPort, await freePort());
      await expect(card.getByText('No further listeners')).toBeVisible();
      await card.getByRole('button', { name: 'Add listener' }).click();
      await expect(field('Name')).toBeFocused();
      await page.keyboard.type('Lab devices');
      await field('Port').fill(String(tcpPort));
      await field('Connections').fill('none');
      // Enter saves, from any field.
      await page.keyboard.press('Enter');
      await expectFieldError(field('Certificate file'), /Enter the whole path/);
      await expectFieldError(field('Connections'), /from 1 to 1000000/);
      await field('Connections').fill('');
      await field('Certificate file').fill(certificates.server.certificate);
      await field('Key file').fill(certificates.stranger.key);
      await expectFieldError(field('Port'), 'MQTT over TCP uses this port already.');
      await field('Port').fill(String(port));
      await page.keyboard.press('Enter');
      await expect(dialog).toBeHidden();
    });

    await test.step('a wrong key keeps the broker from starting, and the listener is named', async () => {
      await page.getByRole('button', { name: 'Start local broker' }).click();
      const alert = page.getByRole('alert');
      await expect(alert).toContainText(`The key file ${certificates.stranger.key} of the TLS (“Lab devices”) listener does not belong to the certificate`);
      await expect(card.getByText('could not start')).toBeVisible();
      await card.getByRole('button', { name: 'Edit Lab devices' }).click();
      await field('Key file').fill(certificates.server.key);
      await dialog.getByRole('button', { name: 'Save listener' }).click();
      await expect(dialog).toBeHidden();
    });

    await test.step('a client reaches the broker over TLS', async () => {
      await page.getByRole('button', { name: 'Start local broker' }).click();
      await expect(running).toBeVisible();
      await expect(addresses.getByRole('listitem').filter({ hasText: 'Lab devices' })).toContainText(`mqtts://127.0.0.1:${port}`);
      const url = `mqtts://127.0.0.1:${port}`;
      const stream = await dialListener({ id: 'x', kind: 'tls', host: '127.0.0.1', port, url }, { tls: { rejectUnauthorized: false } });
      const peer = rawPeer(stream);
      peer.send(connectPacket({ clientId: 'over-tls' }));
      expect((await peer.next()).toString('hex')).toBe('20020000');
      await goToBroker(page, 'Clients');
      await expect(page.getByRole('row', { name: /over-tls.*TLS/ })).toBeVisible();
      await goToBroker(page, 'Overview');
      peer.end();
    });

    await test.step('switched off and deleted, it stays until the broker starts again', async () => {
      await card.getByRole('switch', { name: 'Listen on Lab devices' }).click();
      await expect(card.getByText('The running broker does not have these changes yet.')).toBeVisible();
      await card.getByRole('button', { name: 'Restart the broker' }).click();
      await expect(addresses.getByRole('listitem')).toHaveCount(2);
      await expect(card.getByText('The running broker does not have these changes yet.')).toBeHidden();
      await card.getByRole('button', { name: 'Delete Lab devices' }).click();
      await expect(card.getByText('No further listeners')).toBeVisible();
      await page.getByRole('button', { name: 'Undo' }).click();
      await expect(card.getByRole('listitem').filter({ hasText: 'Lab devices' })).toContainText('off');
    });

    await test.step('it is there again after a restart of the workbench', async () => {
      const again = await workbench.restart();
      await goTo(again, 'Broker');
      await expect(again.getByRole('list', { name: 'Further listeners' }).getByRole('listitem')).toContainText(`mqtts://127.0.0.1:${port}`);
    });
    expect(workbench.pageErrors).toEqual([]);
  } finally {
    certificates.remove();
  }
});
