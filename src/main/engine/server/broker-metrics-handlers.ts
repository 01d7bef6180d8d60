import type { brokerMetricsContract } from '../../../shared/contract/broker-metrics.ts';
import type { Handlers } from '../../../shared/ipc/serve.ts';
import type { Services } from './services.ts';

export function brokerMetricsHandlers({ broker: { metrics } }: Services): Handlers<typeof brokerMetricsContract> {
  return {
    'broker.series': (_input, sink) => {
      let sent = metrics.count;
      let sending = true;
      const send = async (): Promise<void> => {
        if (sending || metrics.count === sent) return;
        sending = true;
        const points = metrics.since(sent);
        sent = metrics.count;
        await sink.send({ points, isWhole: false });
        sending = false;
        void send().catch(() => undefined);
      };
      const stop = metrics.subscribe(() => void send().catch(() => undefined));
      // The only rejection is `cancelled`: the reader has gone.
      void sink.send({ points: metrics.since(0), isWhole: true }).then(
        () => {
          sending = false;
          return send();
        },
        () => undefined,
      );
      return stop;
    },
  };
}
