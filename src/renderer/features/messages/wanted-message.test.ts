import { expect, it } from 'vitest';
import { onWantedMessage, wantMessage } from './wanted-message.ts';

it('is told once, to the open topic it is of, now or when that is opened', () => {
  const shown: string[] = [];
  const stopA = onWantedMessage('broker', 'a', (id) => shown.push(`a ${id}`));
  wantMessage('broker', 'b', 1);
  wantMessage('connection:x', 'a', 2);
  wantMessage('broker', 'a', 3);
  expect(shown).toEqual(['a 3']);
  wantMessage('broker', 'b', 4);
  const stopB = onWantedMessage('broker', 'b', (id) => shown.push(`b ${id}`));
  stopB();
  onWantedMessage('broker', 'b', (id) => shown.push(`again ${id}`))();
  stopA();
  wantMessage('broker', 'a', 5);
  expect(shown).toEqual(['a 3', 'b 4']);
});
