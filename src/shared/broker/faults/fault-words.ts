import { connackReason, describeReason } from '../../mqtt/reason-codes.ts';
import { packetsOf, type FaultAction, type FaultRule, type FaultScope } from './fault-rules.ts';

/** What a rule does, in a few words: `delay by 200 to 300 ms`. */
export function actionWords(action: FaultAction): string {
  switch (action.kind) {
    case 'delay':
      return action.jitterMs > 0 ? `delay by ${action.ms} to ${action.ms + action.jitterMs} ms` : `delay by ${action.ms} ms`;
    case 'drop':
      return 'drop';
    case 'duplicate':
      return action.copies === 1 ? 'duplicate' : `send ${action.copies} copies more`;
    case 'reorder':
      return `let ${action.after === 1 ? 'the next packet' : `${action.after} packets`} overtake`;
    case 'corrupt':
      return `corrupt ${action.count} ${action.count === 1 ? action.unit.slice(0, -1) : action.unit} of the ${action.part}`;
    case 'throttle':
      return `throttle to ${action.bytesPerSecond} bytes/s`;
    case 'freeze':
      return 'keep acknowledgements back';
    case 'disconnect':
      return `${endingWords(action)}${action.when === 'now' ? ' now' : action.when === 'packets' ? ` after ${action.n} packets` : ` ${action.n} s after it connected`}`;
    case 'refuse':
      return `refuse: ${describeReason(action.code5 >= 0x80 ? action.code5 : connackReason(action.code3))}`;
    case 'no-connack':
      return action.reset ? 'reset without CONNACK' : 'close without CONNACK';
    case 'silent':
      return 'half-open: nothing crosses any more';
    case 'stop-reading':
      return 'stop reading';
  }
}

function endingWords({ ending }: Extract<FaultAction, { kind: 'disconnect' }>): string {
  if (ending.how === 'reset') return 'reset the connection (RST)';
  return ending.how === 'close' ? 'close the connection' : `disconnect with 0x${ending.code.toString(16).padStart(2, '0')}`;
}

/** Which packets a rule is about: `PUBLISH to clients below sensors/#, 1 in 10`. */
export function whereWords(rule: FaultRule): string {
  const { where, action } = rule;
  const packets = packetsOf(rule);
  const isWhole = action.kind === 'disconnect' && action.when !== 'packets';
  const words = [
    isWhole ? 'every connection' : packets === null ? 'every packet' : packets.map((name) => name.toUpperCase()).join(', '),
    isWhole || (packets !== null && packets.length === 1 && packets[0] === 'connect')
      ? ''
      : where.direction === 'in'
        ? 'from clients'
        : where.direction === 'out'
          ? 'to clients'
          : '',
    where.topic === undefined ? '' : `of ${where.topic}`,
    where.clientId === undefined ? '' : `of client ${where.clientId}`,
    where.listener === undefined ? '' : `on listener ${where.listener}`,
    where.from > 1 ? `from the ${ordinal(where.from)} on` : '',
    where.probability < 1 ? `with a chance of ${Math.round(where.probability * 1000) / 10} %` : '',
    where.times === null ? '' : `at most ${where.times} × for each client`,
  ];
  return words.filter((word) => word !== '').join(' ');
}

export const ruleName = ({ name, action }: Pick<FaultRule, 'name' | 'action'>): string => (name === '' ? actionWords(action) : name);

export function scopeWords(scope: FaultScope): string {
  switch (scope.kind) {
    case 'all':
      return 'all clients';
    case 'listener':
      return `clients of listener ${scope.listener}`;
    case 'client':
      return `client ${scope.clientId}`;
  }
}

function ordinal(n: number): string {
  const last = n % 10;
  const teen = n % 100 > 10 && n % 100 < 14;
  return `${n}${!teen && last === 1 ? 'st' : !teen && last === 2 ? 'nd' : !teen && last === 3 ? 'rd' : 'th'}`;
}
