import { describe, expect, it } from 'vitest';
import type { BrokerHandler, HandlerStatus } from '../../../../shared/contract/broker-handlers.ts';
import type { BrokerStatus } from '../../../../shared/contract/broker.ts';
import { patternProblem } from '../../../../shared/broker/handlers/pattern.ts';
import { validateTopicName } from '../../../../shared/mqtt/topic-name.ts';
import { countWords, outcomeWords, stateWords } from './handler-words.ts';
import { firstEvent } from './handlers-model.ts';
import { fromTemplate, templates } from './templates.ts';

const counts: HandlerStatus = {
  ...{ id: 'a', phase: 'ready', runs: 0, changed: 0, answered: 0, dropped: 0, refused: 0, failed: 0, timedOut: 0, missed: 0 },
  ...{ meanMs: null, lastError: null, state: '{}' },
};
const broker = (part: Partial<BrokerStatus>): BrokerStatus => ({ phase: 'running', engine: 'workbench', ...part }) as BrokerStatus;

describe.each(templates)('the template $name', (template) => {
  const handler = fromTemplate(template, 'x', new Set([template.name, `${template.name} 2`]));

  it('has a pattern, and a name of its own', () => {
    expect(patternProblem(handler.on, handler.pattern)).toBeNull();
    expect(handler.name).toBe(`${template.name} 3`);
  });

  it('is first tried with what it takes', () => {
    const { topic, clientId } = firstEvent(handler);
    if (handler.on === 'publish' || handler.on === 'subscribe') expect(validateTopicName(topic)).toBeNull();
    expect(clientId).not.toContain('*');
  });
});

it.each<readonly [part: Partial<BrokerStatus>, status: Partial<HandlerStatus> | undefined, text: string]>([
  [{}, {}, 'In use'],
  [{ phase: 'stopped' }, {}, 'The broker is not running'],
  [{ engine: 'aedes' }, undefined, 'The engine aedes runs no handlers'],
  [{}, undefined, 'Loading'],
  [{}, { phase: 'switched-off' }, 'Switched itself off after failures'],
  [{}, { phase: 'unusable' }, 'Its script cannot be loaded'],
])('%j, %j: %s', (part, status, text) => {
  const handler = { enabled: true } as BrokerHandler;
  expect(stateWords(handler, status && { ...counts, ...status }, broker(part)).text).toBe(text);
});

it('counts in words', () => {
  expect(countWords(counts)).toBe('');
  expect(countWords({ ...counts, runs: 1200, changed: 3, failed: 2, timedOut: 1, meanMs: 4.25 })).toBe(
    '1,200 runs · 3 changed · 2 failed, 1 of them too late · 4.3 ms',
  );
});

it('says what a try would have done', () => {
  const result = { passedBy: null, outcome: 'failed', message: null, refusal: null, sent: [], error: null, console: [], elapsedMs: 1, state: '{}' } as const;
  expect(outcomeWords({ on: 'publish', failure: 'drop' }, result)).toBe('It failed: the message would be dropped.');
  expect(outcomeWords({ on: 'connect', failure: 'through' }, { ...result, outcome: 'refused', refusal: { code: 0x87, reason: 'no' } })).toBe(
    'The client is refused with 0x87: no',
  );
  expect(outcomeWords({ on: 'publish', failure: 'through' }, { ...result, outcome: 'nothing', passedBy: 'The topic does not match.' })).toBe(
    'It is not asked. The topic does not match.',
  );
});
