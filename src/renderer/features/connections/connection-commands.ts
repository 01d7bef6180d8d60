import { useCommands, type Command } from '../../app/commands.ts';
import { goTo, useConnections } from '../common/index.ts';
import { connect, disconnect } from './connection-actions.ts';
import { connectionsStore } from './connections-model.ts';
import { openTransfer } from './transfer/transfer-model.ts';

/** Connections offered one by one; beyond this their list is the better way. */
const maxOffered = 100;

/** What can be done with connections from every place. */
export function ConnectionCommands(): null {
  const view = useConnections();
  const phases = new Map(view?.statuses.map(({ id, phase }) => [id, phase]));
  useCommands([
    {
      id: 'connections.new',
      title: 'New connection',
      group: 'Connection',
      shortcut: 'Mod+Shift+L',
      keywords: 'add broker profile',
      run: () => {
        connectionsStore().add();
        goTo('connections');
      },
    },
    {
      id: 'connections.import',
      title: 'Import connections …',
      group: 'Connection',
      keywords: 'MQTTX MQTT Explorer distmqtt mqttxx URI paste',
      run: () => {
        goTo('connections');
        openTransfer({ kind: 'import' });
      },
    },
    {
      id: 'connections.export',
      title: 'Export connections …',
      group: 'Connection',
      keywords: 'MQTTX MQTT Explorer distmqtt mqttxx URI copy',
      when: () => (view?.profiles.length ?? 0) > 0,
      run: () => {
        goTo('connections');
        openTransfer({ kind: 'export', ids: (view?.profiles ?? []).map(({ id }) => id) });
      },
    },
    ...(view?.profiles ?? []).slice(0, maxOffered).map(({ id, name }): Command => {
      const idle = (phases.get(id) ?? 'disconnected') === 'disconnected';
      return {
        id: `connections.toggle.${id}`,
        title: idle ? `Connect ${name}` : `Disconnect ${name}`,
        group: 'Connection',
        run: async () => {
          if (!idle) return disconnect(id);
          if (await connect(id)) return;
          connectionsStore().select(id);
          goTo('connections');
        },
      };
    }),
  ]);
  return null;
}
