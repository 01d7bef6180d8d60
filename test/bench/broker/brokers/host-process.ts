// The process of a broker that runs in a Node thread, apart from the load, so that its memory and processor time can be told from those of the load.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { brokerWorkerUrl, createBrokerService, type BrokerService } from '../../../../src/main/engine/broker/index.ts';
import { launchWorker, openWorkerLink } from '../../../../src/main/engine/broker/worker-link.ts';
import type { BrokerOptions } from '../../../../src/shared/contract/broker.ts';
import { isCost, noTap, type BrokerName, type CostName, type TapFacts } from './running-broker.ts';

export type HostRequest = 'tapped' | 'close';
export interface HostStarted {
  readonly port: number;
}

interface Hosted {
  readonly port: number;
  tapped(): TapFacts;
  close(): Promise<unknown>;
}

const options: BrokerOptions = { engine: 'workbench', host: '127.0.0.1', tcpPort: 0, webSocketPort: null };

async function start(name: BrokerName): Promise<Hosted> {
  if (isCost(name)) return startThread(new URL('./cost-thread.ts', import.meta.url), name);
  switch (name) {
    case 'tap on':
      return (await startService()).hosted;
    case 'trace on': {
      const { service, hosted } = await startService();
      service.inside.trace(() => undefined);
      return hosted;
    }
    case 'packet tap on': {
      const { service, hosted } = await startService();
      let lost = 0;
      service.inside.followPackets({}, (batch) => {
        lost = batch.lost;
        return Promise.resolve();
      });
      return { ...hosted, tapped: () => ({ ...hosted.tapped(), packetsLost: lost }) };
    }
    case 'tap off':
      return startWithoutTap();
    case 'plain aedes':
      return startThread(new URL('./plain-aedes.ts', import.meta.url));
    case 'mosquitto':
      throw new Error('mosquitto is a process of its own.');
  }
}

/** As the engine runs it: this thread unpacks what the tap sends. */
async function startService(): Promise<{ readonly service: BrokerService; readonly hosted: Hosted }> {
  let tapped = 0;
  const service = createBrokerService({
    workerUrl: brokerWorkerUrl(),
    now: Date.now,
    random: Math.random,
    onMessages: (records) => {
      service.inside.numbered(records, tapped);
      tapped += records.length;
    },
    onChange: () => undefined,
    demoDevice: { enabled: false },
  });
  const status = await service.start(options);
  const port = status.listeners[0]?.port;
  if (port === undefined) throw new Error(`The broker did not start: ${status.failure?.message}`);
  const facts = (): TapFacts => ({ tapped, dropped: service.status().tapDropped, packetsLost: 0 });
  return { service, hosted: { port, tapped: facts, close: () => service.close() } };
}

/** The same worker, but nobody reads its tap; the service always does. */
async function startWithoutTap(): Promise<Hosted> {
  const link = openWorkerLink(brokerWorkerUrl(), launchWorker);
  const [listener] = await link.client.call('start', options);
  if (listener === undefined) throw new Error('The broker has no listener.');
  return { port: listener.port, tapped: () => noTap, close: () => link.kill() };
}

async function startThread(url: URL, workerData?: CostName): Promise<Hosted> {
  const worker = new Worker(url, { name: 'broker', workerData });
  const [port] = (await once(worker, 'message')) as [number];
  return { port, tapped: () => noTap, close: () => worker.terminate() };
}

const hosted = await start(process.argv[2] as BrokerName);
process.on('message', (request: HostRequest) => {
  if (request === 'tapped') process.send?.(hosted.tapped());
  else void hosted.close().finally(() => process.exit(0));
});
// The bench is gone.
process.on('disconnect', () => process.exit(0));
process.send?.({ port: hosted.port } satisfies HostStarted);
