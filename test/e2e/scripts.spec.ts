import { expect, freePort, test } from './workbench.ts';
import { goTo, startQuietBroker } from './steps.ts';

test('a script is written with completion, its mistakes are shown with their line, and it answers', async ({ workbench }) => {
  const { page } = workbench;
  await startQuietBroker(page, await freePort(), await freePort());
  await goTo(page, 'RPC');
  await page.getByRole('tab', { name: /^Nodes/ }).click();
  await page.getByRole('button', { name: 'Serve a method' }).click();
  const method = page.getByRole('form', { name: 'Served method' });
  await method.getByRole('radio', { name: 'Script' }).click();
  const script = method.getByRole('group', { name: 'Script that answers' });
  await expect(script.getByRole('status')).toHaveText('No problems', { timeout: 60_000 });
  const editor = script.getByRole('textbox', { name: 'Script that answers' });
  // What is typed gets its closing braces and comment marks by itself.
  const paste = async (text: string): Promise<void> => {
    await page.evaluate((copied) => navigator.clipboard.writeText(copied), text);
    await page.keyboard.press('ControlOrMeta+V');
  };
  const write = async (text: string): Promise<void> => {
    await editor.focus();
    await page.keyboard.press('ControlOrMeta+A');
    await paste(text);
  };
  const result = page.getByRole('region', { name: 'Try it' });

  await test.step('completion knows the request', async () => {
    await write('/** @type {Answer} */\nexport default (params, request) => {\n  return request.');
    await page.keyboard.press('Control+Space');
    const suggestions = page.getByRole('listbox', { name: 'Suggest' });
    await expect(suggestions.getByRole('option', { name: /^callerId/ })).toBeVisible({ timeout: 30_000 });
    await page.keyboard.press('Enter');
    await paste(';\n};\n');
    await expect(script.getByRole('status')).toHaveText('No problems');
    await result.getByRole('textbox', { name: 'Caller id' }).fill('somebody');
    await result.getByRole('button', { name: 'Try it' }).click();
    await expect(result).toContainText('"somebody"', { timeout: 30_000 });
  });

  await test.step('a mistake has its line, which one click goes to', async () => {
    await write('/** @type {Answer} */\nexport default (params, request) => {\n  return request.caller;\n};\n');
    const problems = script.getByRole('list', { name: 'Problems of the script' });
    await expect(problems).toContainText("Line 3Property 'caller' does not exist on type 'RpcRequest'. Did you mean 'callerId'?", { timeout: 30_000 });
    await problems.getByRole('button').click();
    await expect(editor).toBeFocused();
  });

  await test.step('what loops is stopped, and says so', async () => {
    await write('export default () => { for (;;); };\n');
    await result.getByRole('button', { name: 'Try it' }).click();
    await expect(result).toContainText('The script used more than 1 s of processor time.', { timeout: 30_000 });
  });

  await test.step('Escape and Tab lead out of the editor', async () => {
    await editor.focus();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
    await expect(editor).not.toBeFocused();
  });
  expect(workbench.pageErrors).toEqual([]);
});

test('who begins to write before the editor is there goes on in it at the same place', async ({ workbench }) => {
  const { page } = workbench;
  test.skip(workbench.kind !== 'browser', 'The files of the page can be held back only on their way to a browser.');
  let letPass = (): void => undefined;
  const asked = new Promise<void>((resolve) => (letPass = resolve));
  await page.route(/\/monaco-javascript-[^/]*\.js$/, async (route) => {
    await asked;
    await route.continue();
  });
  await startQuietBroker(page, await freePort(), await freePort());
  await goTo(page, 'RPC');
  await page.getByRole('tab', { name: /^Nodes/ }).click();
  await page.getByRole('button', { name: 'Serve a method' }).click();
  const method = page.getByRole('form', { name: 'Served method' });
  await method.getByRole('radio', { name: 'Script' }).click();
  const script = method.getByRole('group', { name: 'Script that answers' });
  await expect(script.getByRole('status')).toHaveText('Completion and checks are loading …');
  const field = script.getByRole('textbox', { name: 'Script that answers' });
  await field.fill('\nexport default () => 1234567;');
  await field.press('End');
  await page.keyboard.press('ArrowLeft');
  // What is typed now would replace the last digit.
  await page.keyboard.press('Shift+ArrowLeft');
  letPass();
  await expect(script.locator('.monaco-editor')).toBeVisible({ timeout: 60_000 });
  await page.keyboard.insertText('4');
  const result = page.getByRole('region', { name: 'Try it' });
  await result.getByRole('button', { name: 'Try it' }).click();
  await expect(result).toContainText('1234564', { timeout: 30_000 });
  expect(workbench.pageErrors).toEqual([]);
});
