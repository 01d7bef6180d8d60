import type { PacketSequence } from '../../../../shared/contract/packets.ts';
import { deltaText } from './packet-words.ts';
import { layoutSequence, sizes, type DrawnStep } from './sequence-layout.ts';

/** The colours of a file, which has no themes. */
const colours = {
  message: '#1b5fc0',
  answer: '#4d5766',
  session: '#1a6b34',
  lost: '#b3261e',
  line: '#c8ced7',
  text: '#171c24',
  muted: '#4d5766',
  box: '#f6f7f9',
} as const;

/** A drawing that stands alone, for documents. */
export function sequenceSvg(sequence: PacketSequence, title: string): string {
  const { width, height, participants, steps } = layoutSequence(sequence);
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12">`,
    `<title>${escape(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...participants.flatMap(({ x, name, isBroker }) => [
      `<line x1="${x}" y1="36" x2="${x}" y2="${height - 8}" stroke="${colours.line}"${isBroker ? ' stroke-width="2"' : ' stroke-dasharray="3 3"'}/>`,
      `<rect x="${x - sizes.box.width / 2}" y="8" width="${sizes.box.width}" height="${sizes.box.height}" rx="5" fill="${colours.box}" stroke="${colours.line}"/>`,
      `<text x="${x}" y="26" text-anchor="middle" font-weight="600" fill="${colours.text}">${escape(name)}</text>`,
    ]),
    ...steps.map(stepSvg),
    '</svg>',
  ];
  return `${parts.join('\n')}\n`;
}

function stepSvg({ step, y, from, to, shape, dashed, text, time }: DrawnStep): string {
  const colour = step.problem === null ? colours[step.kind] : colours.lost;
  const line = `stroke="${colour}" stroke-width="1.5" fill="none"${dashed ? ' stroke-dasharray="5 3"' : ''}`;
  return [
    `<g><title>${escape(`${step.name} ${step.words}`)}</title>`,
    `<text x="8" y="${y + 4}" fill="${colours.muted}">${escape(time)}</text>`,
    `<path d="${linePath({ from, to, y, shape })}" ${line}/>`,
    `<path d="${headPath({ from, to, y, shape })}" fill="${shape === 'lost' ? 'none' : colour}" stroke="${colour}" stroke-width="1.5"/>`,
    `<text x="${shape === 'self' ? from + 8 : (from + to) / 2}" y="${y - 6}"${shape === 'self' ? '' : ' text-anchor="middle"'} fill="${colours.text}">${escape(text)}</text></g>`,
  ].join('');
}

type Line = Pick<DrawnStep, 'from' | 'to' | 'y' | 'shape'>;

/** From the sender to the receiver; back to the sender for what it keeps to itself. */
export function linePath({ from, to, y, shape }: Line): string {
  if (shape === 'self') return `M${from} ${y - 4}h${sizes.loop}v8h${4 - sizes.loop}`;
  const end = shape === 'lost' ? (from + to) / 2 : to - Math.sign(to - from) * 2;
  return `M${from} ${y}H${end}`;
}

/** The head of an arrow, or the cross where one ends on the way. */
export function headPath({ from, to, y, shape }: Line): string {
  if (shape === 'lost') {
    const x = (from + to) / 2;
    return `M${x - 4} ${y - 4}l8 8m0 -8l-8 8`;
  }
  if (shape === 'self') return `M${from + 1} ${y + 4}l7 -4v8z`;
  const side = Math.sign(to - from);
  return `M${to - side} ${y}l${-8 * side} -4v8z`;
}

/** The same as text of Mermaid, which many documents draw by themselves. */
export function sequenceMermaid({ participants, steps }: PacketSequence, title: string): string {
  const names = new Map(participants.map(({ id }, at) => [id, `p${at + 1}`]));
  const firstUs = steps[0]?.timeUs ?? 0;
  const lines = [
    '---',
    `title: ${JSON.stringify(plain(title))}`,
    '---',
    'sequenceDiagram',
    ...participants.map(({ id, name }) => `    participant ${names.get(id)} as ${mermaidText(name)}`),
    ...steps.map(({ from, to, name, words, kind, timeUs }) => {
      const arrow = kind === 'lost' ? '-x' : kind === 'answer' ? '-->>' : '->>';
      return `    ${names.get(from)}${arrow}${names.get(to)}: ${mermaidText(`${name} ${words}`.trim())} (+${deltaText(timeUs - firstUs)})`;
    }),
  ];
  return `${lines.join('\n')}\n`;
}

const plain = (text: string): string => text.replace(/\s+/g, ' ');

/** `;` ends a line and `#` begins a character code there. */
const mermaidText = (text: string): string =>
  plain(text)
    .replaceAll('#', '#35;')
    .replaceAll(/(?<!#35);/g, '#59;')
    .replaceAll('<', '#lt;')
    .replaceAll('>', '#gt;');

/** Control characters, which no XML can hold, become a mark. */
const escape = (text: string): string =>
  text
    // oxlint-disable-next-line no-control-regex
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
