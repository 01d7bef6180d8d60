import { expect, test } from 'vitest';
import type { PacketSequence } from '../../../../shared/contract/packets.ts';
import { layoutSequence, sizes } from './sequence-layout.ts';
import { sequenceMermaid, sequenceSvg } from './sequence-text.ts';

const step = { seq: null, problem: null } as const;
const sequence: PacketSequence = {
  participants: [
    { id: 'a', name: 'caller <1>; #2', isBroker: false },
    { id: 'b', name: 'Local broker', isBroker: true },
    { id: 'c', name: 'x'.repeat(100), isBroker: false },
  ],
  steps: [
    { ...step, timeUs: 1000, from: 'a', to: 'b', name: 'PUBLISH', words: '#7 a&b "x"\u0000', kind: 'message', seq: 3 },
    { ...step, timeUs: 1400, from: 'b', to: 'c', name: 'not delivered', words: 'offline', kind: 'lost' },
    { ...step, timeUs: 3000, from: 'b', to: 'a', name: 'PUBACK', words: '#7', kind: 'answer' },
    { ...step, timeUs: 4000, from: 'a', to: 'a', name: 'end', words: '', kind: 'session' },
  ],
  ...{ omitted: 0, traced: false, missing: 0 },
};

test('everyone has a column, every step a row', () => {
  const { participants, steps, width, height } = layoutSequence(sequence);
  expect(participants.map(({ x }) => x)).toEqual([188, 508, 828]);
  expect(width).toBe(sizes.time + 2 * sizes.margin + 2 * 320);
  expect(new Set(steps.map(({ y }) => y)).size).toBe(4);
  expect(steps.at(-1)?.y).toBeLessThan(height);
  expect(steps.map(({ shape, dashed }) => `${shape} ${dashed}`)).toEqual(['arrow false', 'lost true', 'arrow true', 'self false']);
  expect(participants[2]?.name).toMatch(/^x{10,40}…$/);
  expect(steps[1]?.sentence).toBe(`+0.400 ms: Local broker to ${'x'.repeat(100)}: not delivered offline`);
});

test('the drawing is well-formed XML, whatever the names are', () => {
  const svg = sequenceSvg(sequence, 'Call <&> "x"');
  expect(svg).toContain('<title>Call &lt;&amp;&gt; &quot;x&quot;</title>');
  expect(svg).toContain('PUBLISH #7 a&amp;b &quot;x&quot;\ufffd');
  expect(svg.match(/<g>/g)).toHaveLength(4);
  // Every tag that is opened is closed.
  const tags = [...svg.matchAll(/<(\/?)(\w+)[^>]*?(\/?)>/g)];
  const open: string[] = [];
  for (const [, end, name = '', self] of tags) {
    if (end === '/') expect(open.pop()).toBe(name);
    else if (self !== '/') open.push(name);
  }
  expect(open).toEqual([]);
});

test('Mermaid gets names and texts that end no line', () => {
  expect(sequenceMermaid(sequence, 'A\ncall').split('\n')).toEqual([
    '---',
    'title: "A call"',
    '---',
    'sequenceDiagram',
    '    participant p1 as caller #lt;1#gt;#59; #35;2',
    '    participant p2 as Local broker',
    `    participant p3 as ${'x'.repeat(100)}`,
    '    p1->>p2: PUBLISH #35;7 a&b "x"\u0000 (+0.000 ms)',
    '    p2-xp3: not delivered offline (+0.400 ms)',
    '    p2-->>p1: PUBACK #35;7 (+2.00 ms)',
    '    p1->>p1: end (+3.00 ms)',
    '',
  ]);
});

test('nothing at all is drawn as nothing', () => {
  const empty: PacketSequence = { participants: [], steps: [], omitted: 0, traced: false, missing: 1 };
  expect(layoutSequence(empty).steps).toEqual([]);
  expect(sequenceSvg(empty, 'x')).toContain('</svg>');
});
