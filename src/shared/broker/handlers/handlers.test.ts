import { describe, expect, it } from 'vitest';
import type { BrokerHandler } from '../../contract/broker-handlers.ts';
import { formatHandlerFile, parseHandlerFile } from './handler-file.ts';
import { PatternTrie } from './pattern-trie.ts';
import { capturesOf, fitsClient, matchesClientId, onlyTopic, parsePattern, patternProblem } from './pattern.ts';

describe('a pattern', () => {
  it.each([
    ['', 'Give a topic'],
    ['a/{b', 'braces'],
    ['a/x{b}', 'braces'],
    ['{1}', 'braces'],
    ['{a}/{a}', 'twice'],
    ['$share/g/a', 'leave out'],
    ['a/#/b', '#'],
    ['a+/b', '+'],
    ['a\0', 'topic filter'],
  ])('%j is none', (pattern, why) => {
    expect(patternProblem('publish', pattern)).toContain(why);
  });

  it.each(['#', '+', 'a/{client}/{client}/{x}', '/', '$SYS/#', 'ä/🙂'])('%j is one', (pattern) => {
    expect(patternProblem('subscribe', pattern)).toBeNull();
  });

  it('hands over levels, and wants the client id where it says so', () => {
    const pattern = parsePattern('lab/{client}/{what}/#');
    const topic = 'lab/dev/temperature/now'.split('/');
    expect(capturesOf(pattern, topic)).toEqual({ client: 'dev', what: 'temperature' });
    expect([fitsClient(pattern, topic, 'dev'), fitsClient(pattern, topic, 'other'), fitsClient(pattern, topic, null)]).toEqual([true, false, false]);
    expect(onlyTopic(parsePattern('config/{client}'), 'dev')).toBe('config/dev');
    expect(onlyTopic(parsePattern('config/+'), 'dev')).toBeNull();
  });

  it.each([
    ['', 'any', true],
    ['*', '', true],
    ['dev-*', 'dev-1', true],
    ['dev-*', 'xdev-1', false],
    ['*-a-*', 'x-a-y', true],
    ['a*a', 'a', false],
    ['*ab*b', 'ab', false],
    ['a.c', 'abc', false],
    ['dev', 'dev', true],
  ])('%j and the client id %j: %j', (pattern, clientId, fits) => {
    expect(matchesClientId(pattern, clientId)).toBe(fits);
  });
});

describe('patterns in a trie', () => {
  const trie = new PatternTrie<string>();
  for (const pattern of ['#', '+', 'a', 'a/#', 'a/+', 'a/{x}/c', '+/b/#', '$lab/#', '/', '/+']) trie.add(parsePattern(pattern), pattern);
  it.each([
    ['a', ['#', '+', 'a', 'a/#']],
    ['a/b', ['#', 'a/#', 'a/+', '+/b/#']],
    ['a/b/c', ['#', 'a/#', 'a/{x}/c', '+/b/#']],
    ['$lab', ['$lab/#']],
    ['$lab/b', ['$lab/#']],
    ['/', ['#', '/', '/+']],
    ['b/c', ['#']],
  ])('match %j', (topic, patterns) => {
    expect(trie.match(topic.split('/'), true).toSorted()).toEqual(patterns.toSorted());
  });

  it('may take the wildcards of a filter for text', () => {
    expect(trie.match(['a', '#'], false).toSorted()).toEqual(['#', 'a/#', 'a/+'].toSorted());
    expect(trie.match(['$lab', 'b'], false)).toContain('#');
  });
});

describe('the file of a handler', () => {
  const handler: BrokerHandler = {
    ...{ id: 'convert', name: 'Convert values', on: 'subscribe', pattern: 'raw/{device}', match: 'mqtt', enabled: false, observe: true, stop: true },
    ...{ timeoutMs: 250, failure: 'drop', source: 'export const handle = () => {};\n' },
  };

  it('says what is not the default, and is read as it was written', () => {
    const text = formatHandlerFile(handler, 20);
    expect(text).toBe(
      '// @handler subscribe raw/{device}\n// @name Convert values\n// @order 20\n// @off\n// @observe\n// @stop\n// @match mqtt\n// @timeout 250\n// @failure drop\n\nexport const handle = () => {};\n',
    );
    const { id: _id, source, ...header } = handler;
    expect(parseHandlerFile('convert', text)).toEqual({ header, order: 20, source, skipped: 10 });
    const plain = {
      ...handler,
      name: 'convert',
      on: 'publish',
      match: 'text',
      enabled: true,
      observe: false,
      stop: false,
      timeoutMs: 1000,
      failure: 'through',
    } as const;
    expect(formatHandlerFile(plain, null)).toBe('// @handler publish raw/{device}\n\nexport const handle = () => {};\n');
  });

  it('takes the endings of Windows, a mark at the beginning, and no empty line', () => {
    expect(parseHandlerFile('a', '\uFEFF// @handler connect\r\n//@off\r\nexport const handle = 1;')).toMatchObject({
      header: { on: 'connect', pattern: '', enabled: false, name: 'a' },
      source: 'export const handle = 1;',
      skipped: 2,
    });
  });

  it.each([
    ['', 1, 'begin with what it handles'],
    ['export const handle = 1;', 1, 'begin with what it handles'],
    ['// @name x', 1, 'begin with what it handles'],
    ['// @handler smell a', 1, 'followed by publish'],
    ['// @handler publish a/#/b', 1, '#'],
    ['// @handler publish a\n// @timeout soon', 2, 'milliseconds'],
    ['// @handler publish a\n// @timeout 99999', 2, 'milliseconds'],
    ['// @handler publish a\n// @off yes', 2, 'alone'],
    ['// @handler publish a\n// @failure explode', 2, 'through or drop'],
    ['// @handler publish a\n// @match fuzzy', 2, 'text or mqtt'],
    ['// @handler publish a\n// @order first', 2, 'whole number'],
    ['// @handler publish a\n// @name', 2, 'name of 1 to 200'],
    ['// @handler publish a\n// @colour red', 2, 'not known'],
  ])('%j: line %i', (text, line, problem) => {
    const read = parseHandlerFile('x', text);
    expect(read).toMatchObject({ line });
    expect('problem' in read && read.problem).toContain(problem);
  });
});
