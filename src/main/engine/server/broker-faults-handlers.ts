import type { brokerFaultsContract } from '../../../shared/contract/broker-faults.ts';
import type { Handlers } from '../../../shared/ipc/serve.ts';
import { changesOf, sendSnapshots, whenNewText } from '../snapshot-stream.ts';
import type { Services } from './services.ts';

export function brokerFaultsHandlers({ faults, brokerChanged, faultsReported }: Services): Handlers<typeof brokerFaultsContract> {
  return {
    'faults.view': (_input, sink) =>
      sendSnapshots(
        sink,
        whenNewText(() => faults.view()),
        changesOf(brokerChanged, faults.changed),
      ),
    'faults.report': (_input, sink) => sendSnapshots(sink, () => faults.report(), faultsReported.subscribe),
    'faults.turnOn': (input) => faults.turnOn(input),
    'faults.turnOff': ({ id }) => faults.turnOff(id),
    'faults.saveProfile': (profile) => faults.saveProfile(profile),
    'faults.removeProfile': ({ id }) => faults.removeProfile(id),
    'faults.setCurlMode': ({ listener, on }) => faults.setCurlMode(listener, on),
  };
}
