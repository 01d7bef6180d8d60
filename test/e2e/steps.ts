import { expect, type Locator, type Page } from '@playwright/test';
import type { Workbench } from './workbench.ts';

type PlaceTitle = 'Start' | 'Topics' | 'RPC' | 'CoAP' | 'Broker' | 'Connections' | 'Collections' | 'Settings';

/** Opens a place of the left rail. */
export async function goTo(page: Page, place: PlaceTitle): Promise<void> {
  await page.getByRole('navigation', { name: 'Places' }).getByRole('button', { name: place, exact: true }).click();
}

/** Opens a view of the place CoAP. */
export async function goToCoap(page: Page, view: 'Over MQTT' | 'Over UDP' | 'Mock devices' | 'Handlers' | 'Bridges'): Promise<void> {
  await goTo(page, 'CoAP');
  await page.getByRole('tab', { name: view }).click();
}

export async function goToBroker(page: Page, view: 'Overview' | 'Clients' | 'Access' | 'Packets' | 'Faults' | 'Redis' | 'Handlers' | 'Bridges'): Promise<void> {
  await goTo(page, 'Broker');
  await page.getByRole('tab', { name: view, exact: true }).click();
}

/** Gives the local broker ports of its own, so that tests never meet each other or a broker of this machine. */
export async function setBrokerPorts(page: Page, tcpPort: number, webSocketPort: number): Promise<void> {
  await goToBroker(page, 'Overview');
  await page.getByRole('textbox', { name: 'TCP port' }).fill(String(tcpPort));
  await page.getByRole('textbox', { name: 'WebSocket port' }).fill(String(webSocketPort));
  await page.getByRole('button', { name: 'Save ports' }).click();
  await expect(page.getByRole('button', { name: 'Save ports' })).toBeHidden();
}

/** The one click of a newcomer: from the start screen to the live tree. */
export async function startBroker(page: Page): Promise<void> {
  await goTo(page, 'Start');
  await page.getByRole('button', { name: 'Start local broker' }).click();
  await expect(topicTree(page)).toBeVisible();
}

/** The local broker on ports of its own, without the demo device: resolves with its TCP port once the tree is open. */
export async function startQuietBroker(page: Page, tcpPort: number, webSocketPort: number): Promise<number> {
  await setBrokerPorts(page, tcpPort, webSocketPort);
  await page.getByRole('switch', { name: /^Simulated thermostat/ }).click();
  await expect(page.getByText('Switched off')).toBeVisible();
  await goTo(page, 'Start');
  await page.getByRole('button', { name: 'Start local broker' }).click();
  await expect(page.getByText('Waiting for messages')).toBeVisible();
  return tcpPort;
}

export const topicTree = (page: Page): Locator => page.getByRole('tree', { name: 'Topics' });

/** The line of the tree with this last level. */
export const topicRow = (page: Page, lastLevel: string): Locator => topicTree(page).getByRole('treeitem', { name: new RegExp(`^${lastLevel}\\b`) });

/** Selects a topic by its whole name through the filter, as a person with many topics would. */
export async function selectTopic(page: Page, topic: string): Promise<void> {
  const filter = page.getByRole('searchbox', { name: 'Filter topics' });
  await filter.fill(topic);
  const row = topicRow(page, topic.split('/').at(-1) ?? topic);
  // Until the filtered rows are there, another topic with this last level may stand in their place.
  await expect(async () => {
    await row.click({ timeout: 2000 });
    await expect(page.getByRole('heading', { name: `Topic ${topic}` })).toBeVisible({ timeout: 2000 });
  }).toPass();
  await expect(row).toHaveCount(1);
  await filter.fill('');
}

/** The region that shows the selected topic's value. */
export const valueRegion = (page: Page): Locator => page.getByRole('region', { name: 'Value' });

export async function fillPublish(page: Page, topic: string, payload: string): Promise<void> {
  const bar = page.getByRole('form', { name: 'Publish a message' });
  await bar.getByRole('textbox', { name: 'Topic' }).fill(topic);
  await bar.getByRole('textbox', { name: 'Payload' }).fill(payload);
}

/** How the publish bar reads what is typed as payload. */
export async function choosePayloadFormat(page: Page, format: 'JSON' | 'Text' | 'Hex' | 'Base64' | 'Codec'): Promise<void> {
  await page.getByRole('radiogroup', { name: 'Payload format' }).getByRole('radio', { name: format }).click();
}

/** How the value of the selected topic is shown. */
export async function showValueAs(page: Page, format: 'JSON' | 'Text' | 'Hex'): Promise<void> {
  await valueRegion(page).getByRole('radiogroup', { name: 'Show the value as' }).getByRole('radio', { name: format }).click();
}

export async function publish(page: Page, topic: string, payload: string): Promise<void> {
  await fillPublish(page, topic, payload);
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  await expect(page.getByText(`Published to ${topic}`)).toBeVisible();
}

/** What is wrong with a field, as it is read out with it. */
export async function expectFieldError(field: Locator, text: string | RegExp): Promise<void> {
  await expect(field).toHaveAttribute('aria-invalid', 'true');
  await expect(field).toHaveAccessibleDescription(text);
}

export interface ConnectionFields {
  readonly name?: string;
  readonly address?: string;
  readonly userName?: string;
  readonly password?: string;
}

/** Opens the form of a connection that does not exist yet. */
export async function newConnection(page: Page, fields: ConnectionFields): Promise<void> {
  await goTo(page, 'Connections');
  await page.getByRole('button', { name: 'New connection', exact: true }).first().click();
  await fillConnection(page, fields);
}

export const connectionForm = (page: Page): Locator => page.getByRole('form', { name: 'Connection settings' });

export async function fillConnection(page: Page, { name, address, userName, password }: ConnectionFields): Promise<void> {
  const form = connectionForm(page);
  const values = { Name: name, Address: address, 'User name': userName, Password: password };
  for (const [label, value] of Object.entries(values)) {
    if (value !== undefined) await form.getByLabel(label, { exact: true }).fill(value);
  }
}

/** Chooses the protocol version in the form of the open connection. */
export async function chooseVersion(page: Page, version: 'MQTT 5' | 'MQTT 3.1.1' | 'MQTT 3.1'): Promise<void> {
  await connectionForm(page).getByRole('combobox', { name: 'Version' }).click();
  await page.getByRole('option', { name: version, exact: true }).click();
}

/** The folded parts of the form of a connection. */
export const settingsSections = [
  'General',
  'Session',
  'Will',
  'Authentication',
  'TLS',
  'WebSocket',
  'Proxy',
  'Reconnect',
  'Limits',
  'Publishing defaults',
] as const;

/** Opens a folded part of the form of the open connection. */
export async function openSection(page: Page, section: (typeof settingsSections)[number]): Promise<void> {
  const button = connectionForm(page).getByRole('button', { name: new RegExp(`^${section}\\b`), expanded: false });
  await button.click();
  await expect(button).toHaveCount(0);
}

/** The connection's entry in the list at the left, with its state. */
export const connectionEntry = (page: Page, name: string): Locator =>
  page.getByRole('tree', { name: 'Connections' }).getByRole('treeitem', { name: new RegExp(`\\b${name} (?:favourite |insecure |unsaved )*\\S+:\\d+`) });

/** The line under the name of the open connection: its state, with countdown or duration. */
export const connectionState = (page: Page): Locator => page.getByRole('main', { name: 'Connections' }).getByRole('status').first();

/** Adds a subscription to the open connection. */
export async function addSubscription(page: Page, filter: string, qos: 0 | 1 | 2): Promise<void> {
  await page.getByRole('button', { name: 'Add subscription' }).click();
  await page.getByRole('textbox', { name: 'Topic filter' }).fill(filter);
  await page
    .getByRole('radiogroup', { name: 'Quality of service' })
    .getByRole('radio', { name: String(qos) })
    .click();
  await page.getByRole('button', { name: 'Subscribe', exact: true }).click();
  await page.getByRole('button', { name: 'Done' }).click();
}

/** The line of a subscription of the open connection. */
export const subscriptionLine = (page: Page, filter: string): Locator =>
  page.getByRole('list', { name: 'Subscriptions' }).getByRole('listitem').filter({ hasText: filter });

/** Opens the tab of a source in the topics place. */
export async function showSource(page: Page, source: string): Promise<void> {
  await goTo(page, 'Topics');
  await page.getByRole('tablist', { name: 'Sources' }).getByRole('tab', { name: source }).click();
}

/** The file that an action saves: its name and bytes. A real download would open a dialog in a desktop window. */
export async function fileSavedBy(page: Page, act: () => Promise<void>): Promise<{ readonly name: string; readonly bytes: Buffer }> {
  const saved = page.evaluate(
    () =>
      new Promise<{ readonly name: string; readonly bytes: readonly number[] }>((resolve) => {
        const [create, click] = [URL.createObjectURL, HTMLAnchorElement.prototype.click];
        let content: Blob | undefined;
        URL.createObjectURL = (blob) => {
          content = blob as Blob;
          return create(blob);
        };
        HTMLAnchorElement.prototype.click = function swallow() {
          URL.createObjectURL = create;
          HTMLAnchorElement.prototype.click = click;
          const { download } = this;
          void content?.arrayBuffer().then((bytes) => resolve({ name: download, bytes: [...new Uint8Array(bytes)] }));
        };
      }),
  );
  await act();
  const { name, bytes } = await saved;
  return { name, bytes: Buffer.from(bytes) };
}

/** The text of the file that an action saves. */
export async function savedBy(page: Page, act: () => Promise<void>): Promise<string> {
  return (await fileSavedBy(page, act)).bytes.toString('utf8');
}

/** What was copied. A desktop window may write to the clipboard, not read it. */
export async function clipboardText({ electron, page }: Pick<Workbench, 'electron' | 'page'>): Promise<string> {
  return electron ? electron.evaluate(({ clipboard }) => clipboard.readText()) : page.evaluate(() => navigator.clipboard.readText());
}
