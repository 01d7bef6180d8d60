import { describe, expect, it } from 'vitest';
import type { PublishPropertyTexts } from '../contract/publish-message.ts';
import { fillTemplate } from '../template/index.ts';
import { messageTexts } from './message-texts.ts';
import { answerProblem, findPrompts } from './prompts.ts';
import { resolvePublish } from './publish-defaults.ts';
import { publishScope } from './publish-scope.ts';

describe('defaults of a connection', () => {
  const defaults = {
    qos: 1,
    retain: false,
    topics: [
      { topic: 'a', qos: null, retain: true },
      { topic: 'b', qos: 2, retain: null },
      { topic: 'c/+', qos: 2, retain: true },
      { topic: 'twice', qos: 0, retain: true },
      { topic: 'twice', qos: 2, retain: null },
    ],
  } as const;
  const nothing = { qos: null, retain: null };
  const resolve = (topic: string, said: Parameters<typeof resolvePublish>[2] = nothing): readonly unknown[] => {
    const { qos, qosFrom, retain, retainFrom } = resolvePublish({ ...defaults, topics: [...defaults.topics] }, topic, said);
    return [qos, qosFrom, retain, retainFrom];
  };

  it('go after what is said, then the topic, field by field, then the default (distmqtt)', () => {
    expect(resolve('a')).toEqual([1, 'default', true, 'topic']);
    expect(resolve('b')).toEqual([2, 'topic', false, 'default']);
    expect(resolve('a', { qos: 0, retain: null })).toEqual([0, 'message', true, 'topic']);
    expect(resolve('a', { qos: null, retain: false })).toEqual([1, 'default', false, 'message']);
  });
  it('are those of exactly this topic: wildcards match nothing', () => {
    expect(resolve('c/d')).toEqual([1, 'default', false, 'default']);
    expect(resolve('A')).toEqual([1, 'default', false, 'default']);
    expect(resolve('a/')).toEqual([1, 'default', false, 'default']);
  });
  it('of a topic that stands there twice are those of the later entry', () => expect(resolve('twice')).toEqual([2, 'topic', false, 'default']));
  it('of the local broker are QoS 0 and no Retain', () => {
    expect(resolvePublish(null, 'a', nothing)).toMatchObject({ qos: 0, retain: false });
    expect(resolvePublish(null, 'a', { qos: 2, retain: true })).toMatchObject({ qos: 2, retain: true });
  });
});

describe('questions', () => {
  it('are found once each, with type, choices and what is offered', () => {
    const texts = [
      'a/{{$ask room}}/{{x|y}}',
      '{{$ask level integer|20}} {{$ask "the mode" choice auto heat off|heat}} {{$ask room}} {{broken',
      '{{"{{"}} {{$ask on boolean}}',
    ];
    expect(findPrompts(texts)).toEqual([
      { name: 'room', type: 'text', choices: [], offered: '' },
      { name: 'level', type: 'integer', choices: [], offered: '20' },
      { name: 'the mode', type: 'choice', choices: ['auto', 'heat', 'off'], offered: 'heat' },
      { name: 'on', type: 'boolean', choices: [], offered: '' },
    ]);
    expect(findPrompts(['{{$ask}} {{$ask a colour}} {{$ask b choice}} {{$ask c text more}} {{{{', ''])).toEqual([]);
  });
  it.each([
    ['number', '21.5', true],
    ['number', '-.5e3', true],
    ['number', '1e999', false],
    ['number', '0x10', false],
    ['number', '', false],
    ['integer', '-7', true],
    ['integer', '7.0', false],
    ['boolean', 'true', true],
    ['boolean', 'yes', false],
    ['choice', 'b', true],
    ['choice', 'c', false],
    ['text', '', true],
  ] as const)('of type %s answered with "%s"', (type, answer, fine) => {
    expect(answerProblem({ name: 'x', type, choices: ['a', 'b'] }, answer) === undefined).toBe(fine);
  });
});

describe('what a message is filled in from', () => {
  const open = (variables: Record<string, string> = {}, answers: Record<string, string> = {}): ((text: string) => unknown) => {
    let id = 0;
    let counted = 0;
    const { scope, functions } = publishScope({
      ...{ variables, answers, now: () => 1234, random: () => 0.25 },
      newId: () => `id-${(id += 1)}`,
      count: () => (counted += 1),
    });
    return (text) => {
      const filled = fillTemplate(text, scope, functions);
      return 'text' in filled ? filled.text : filled.problem;
    };
  };

  it('has short names beside the functions, another value each time', () => {
    const fill = open();
    expect(fill('{{now}} {{uuid}} {{uuid}} {{counter}} {{counter}} {{$counter}} {{random}}')).toBe('1234 id-1 id-2 1 2 3 0.25');
  });
  it('lets variables of the same name go first', () => expect(open({ now: 'later' })('{{now}} {{$now}}')).toBe('later 1234'));
  it('takes answers as values of their type, and says what is wrong with one', () => {
    const fill = open({}, { level: '7', on: 'true', room: 'hall', bad: 'x' });
    expect(fill('{{$ask room}} {{$ask level integer}} {{$ask on boolean}}')).toBe('hall 7 true');
    expect(fill('{{$ask bad number}}')).toContain('“bad”: Enter a number');
    expect(fill('{{$ask other}}')).toContain('was not answered');
    expect(fill('{{$ask other colour}}')).toContain('no type “colour”');
    expect(fill('{{$ask constructor}}')).toContain('was not answered');
  });
  it('looks at topic, payload and every property', () => {
    const properties = {
      ...{ contentType: 'c', responseTopic: 'r', correlationData: 'd', correlationAs: 'text', messageExpirySeconds: 1, payloadIsUtf8: true, topicAlias: 1 },
      userProperties: [['n', 'v']] as [string, string][],
    } satisfies PublishPropertyTexts;
    expect(messageTexts({ topic: 't', payload: 'p', format: 'text', properties })).toEqual(['t', 'p', 'c', 'r', 'd', 'n', 'v']);
    expect(messageTexts({ topic: 't', payload: 'p', format: 'empty', properties: null })).toEqual(['t']);
  });
});
