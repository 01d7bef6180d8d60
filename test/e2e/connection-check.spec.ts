import { hasMosquitto, hasOpenssl, test } from './peers.ts';
import { openTlsLab } from '../support/tls-lab.ts';
import { connectionState, newConnection } from './steps.ts';
import { expect } from './workbench.ts';

test('an unknown certificate is found by the check, trusted by its fingerprint, and the connection is made', async ({ workbench, peers }) => {
  test.skip(!hasMosquitto() || !hasOpenssl(), 'needs the commands mosquitto and openssl');
  const { page } = workbench;
  const lab = openTlsLab();
  if (!lab) return;
  const { cert, key } = lab.issue({ names: 'DNS:bench.example' });
  const files = [`certfile ${peers.file('server.pem', cert)}`, `keyfile ${peers.file('server.key', key)}`];
  const { port } = await peers.mosquitto(...files, 'allow_anonymous true');
  const check = page.getByRole('region', { name: 'Check' });
  const step = (name: string): ReturnType<typeof check.getByRole> => check.getByRole('listitem').filter({ hasText: name }).first();

  await newConnection(page, { name: 'Bench', address: `mqtts://127.0.0.1:${port}` });
  await page.getByRole('button', { name: 'Save & connect' }).click();
  await test.step('the way is checked by itself after the failure', async () => {
    await expect(step('Certificate')).toContainText(/is signed by an authority this machine does not know/);
    await expect(step('TCP connection')).toContainText(`127.0.0.1:${port} accepts connections`);
    await expect(step('TLS handshake')).toContainText('TLSv1.3');
    await expect(step('MQTT CONNECT').getByRole('img', { name: 'not tried' })).toBeVisible();
    await expect(check.getByText('CN=localhost', { exact: false }).first()).toBeVisible();
    await expect(check.getByText('DNS:bench.example', { exact: true })).toBeVisible();
  });

  await test.step('trusted, it connects', async () => {
    await check.getByRole('button', { name: 'Trust this certificate' }).click();
    const dialog = page.getByRole('alertdialog');
    await expect(dialog).toContainText(/([0-9A-F]{2}:){31}[0-9A-F]{2}/);
    await dialog.getByRole('button', { name: 'Trust it' }).click();
    await expect(check.getByRole('button', { name: 'Trust this certificate' })).toBeHidden();
    await page.getByRole('button', { name: 'Connect', exact: true }).click();
    await expect(connectionState(page)).toContainText('Connected');
  });

  await test.step('a check beside the open connection, with the permissions asked for', async () => {
    await check.getByRole('textbox', { name: 'Also subscribe to' }).fill('a/#');
    await check.getByRole('textbox', { name: 'Also publish an empty message to' }).fill('a/b');
    await check.getByRole('button', { name: 'Check again' }).click();
    await expect(check.getByText('The way to the broker works, with a warning.')).toBeVisible();
    await expect(step('Certificate')).toContainText('trusted by its fingerprint alone');
    await expect(step('Permission to subscribe')).toContainText('The broker grants "a/#".');
    await expect(step('Permission to publish')).toContainText('The broker took a message on "a/b".');
    await expect(connectionState(page)).toContainText('Connected');
  });
  lab.remove();
});
