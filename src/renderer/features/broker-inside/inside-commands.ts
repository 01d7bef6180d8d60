import { useCommands, type Command } from '../../app/commands.ts';
import { showBroker } from '../broker/index.ts';
import { useBrokerStatus } from '../common/index.ts';
import { showPart, type InsidePart } from './inside-store.ts';

const ways: readonly (readonly [part: InsidePart, title: string, keywords: string])[] = [
  ['clients', 'Show the clients of the broker', 'connected disconnect'],
  ['subscriptions', 'Show who would get a topic', 'subscriptions filters'],
  ['sessions', 'Show sessions and their queues', 'offline waiting'],
  ['retained', 'Show retained messages of the broker', 'export import delete'],
  ['messages', 'Show the last messages through the broker', 'who got it'],
  ['charts', 'Show the charts of the broker', 'throughput latency'],
  ['refused', 'Show refused clients', 'denied'],
];

/** The parts of the inside view from every place. */
export function InsideCommands(): null {
  const isKnown = useBrokerStatus() !== undefined;
  useCommands(
    ways.map(([part, title, keywords]): Command => ({
      id: `broker.inside.${part}`,
      title,
      group: 'Broker',
      keywords,
      when: () => isKnown,
      run: () => {
        showPart(part);
        showBroker('clients');
      },
    })),
  );
  return null;
}
