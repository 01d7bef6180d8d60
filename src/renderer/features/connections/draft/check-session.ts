import { checkUserProperties, type Told } from './problems.ts';
import { checkNumber, numberOf } from './numbers.ts';
import type { ProfileDraft } from './profile-draft.ts';

const uint32 = 4_294_967_295;

export function checkSession(draft: ProfileDraft, tell: Told): void {
  const { connectProperties } = draft;
  const keepAlive = checkNumber(draft.keepAliveSeconds, { min: 0, max: 65_535, unit: 'seconds' });
  tell('keepAliveSeconds', keepAlive && `${keepAlive.slice(0, -1)}; 0 switches keep-alive off.`);
  tell('pingDelaySeconds', checkNumber(draft.pingDelaySeconds, { min: 0, max: 65_535, unit: 'seconds' }));
  const [interval, delay] = [numberOf(draft.keepAliveSeconds), numberOf(draft.pingDelaySeconds)];
  if (interval > 0 && delay >= interval) tell('pingDelaySeconds', 'This takes the whole keep-alive away. Write 0 as the keep-alive to switch it off.');
  tell('connectTimeoutSeconds', checkNumber(draft.connectTimeoutSeconds, { min: 1, max: 300, whole: false, unit: 'seconds' }));
  tell(
    'connectProperties.sessionExpirySeconds',
    checkNumber(connectProperties.sessionExpirySeconds, { min: 0, max: uint32, unit: 'seconds', empty: 'not sent' }),
  );
  tell('connectProperties.receiveMaximum', checkNumber(connectProperties.receiveMaximum, { min: 1, max: 65_535, empty: 'not sent' }));
  tell('connectProperties.maximumPacketSize', checkNumber(connectProperties.maximumPacketSize, { min: 1, max: uint32, unit: 'bytes', empty: 'not sent' }));
  tell('connectProperties.topicAliasMaximum', checkNumber(connectProperties.topicAliasMaximum, { min: 0, max: 65_535, empty: 'not sent' }));
  checkUserProperties(connectProperties.userProperties, 'connectProperties.userProperties', tell);
}
