import type { MenuItemConstructorOptions } from 'electron';
import type { MenuCommand } from '../../shared/host/preload-api.ts';
import { acceleratorOf } from './menu-commands.ts';

export interface MenuTemplateOptions {
  readonly commands: readonly MenuCommand[];
  readonly platform: NodeJS.Platform;
  readonly appName: string;
  readonly developerTools: boolean;
  readonly run: (commandId: string) => void;
}

type Item = MenuItemConstructorOptions;

const separator: Item = { type: 'separator' };

/** The whole native menu: one item per command of the page, in its group, among the parts every desktop app has. */
export function menuTemplate(options: MenuTemplateOptions): Item[] {
  const groups = groupByTitle(options.commands);
  const isMac = options.platform === 'darwin';
  const take = (title: string): Item[] => {
    const key = title.toLowerCase();
    const commands = groups.get(key)?.commands ?? [];
    groups.delete(key);
    return commands.map((command) => commandItem(command, options.run));
  };
  const file = menu('File', take('file'), isMac ? [{ role: 'close' }] : [{ role: 'quit' }]);
  const edit = menu('Edit', editItems, take('edit'));
  const view = menu('View', take('view'), viewItems(options.developerTools));
  const window = menu(
    'Window',
    [{ role: 'minimize' }, { role: 'zoom' }, ...(isMac ? [separator, { role: 'front' } as const] : [{ role: 'close' } as const])],
    take('window'),
  );
  const help = take('help');
  const own = [...groups.values()].map(({ title }) => menu(title, take(title)));
  return [
    ...(isMac ? [{ label: options.appName, role: 'appMenu' } as const] : []),
    file,
    edit,
    view,
    ...own,
    window,
    ...(help.length > 0 ? [{ ...menu('Help', help), role: 'help' } as const] : []),
  ];
}

const editItems: Item[] = [{ role: 'undo' }, { role: 'redo' }, separator, { role: 'cut' }, { role: 'copy' }, { role: 'paste' }, { role: 'selectAll' }];

function viewItems(developerTools: boolean): Item[] {
  return [
    { role: 'resetZoom' },
    { role: 'zoomIn' },
    { role: 'zoomOut' },
    separator,
    { role: 'togglefullscreen' },
    ...(developerTools ? [separator, { role: 'toggleDevTools' } as const] : []),
  ];
}

function menu(label: string, ...parts: readonly (readonly Item[])[]): Item {
  const filled = parts.filter((part) => part.length > 0);
  return { label: plainLabel(label), submenu: filled.flatMap((part, index) => (index === 0 ? part : [separator, ...part])) };
}

function commandItem(command: MenuCommand, run: (commandId: string) => void): Item {
  const accelerator = acceleratorOf(command.shortcut);
  return {
    id: command.id,
    label: plainLabel(command.title),
    enabled: command.enabled ?? true,
    click: () => run(command.id),
    // The page handles its own keys; the menu only shows them.
    ...(accelerator === undefined ? {} : { accelerator, registerAccelerator: false }),
  };
}

/** A single "&" would underline the next letter instead of being shown. */
function plainLabel(text: string): string {
  return text.replaceAll('&', '&&');
}

function groupByTitle(commands: readonly MenuCommand[]): Map<string, { readonly title: string; readonly commands: MenuCommand[] }> {
  const groups = new Map<string, { readonly title: string; readonly commands: MenuCommand[] }>();
  for (const command of commands) {
    const key = command.group.toLowerCase();
    const group = groups.get(key) ?? { title: command.group, commands: [] };
    group.commands.push(command);
    groups.set(key, group);
  }
  return groups;
}
