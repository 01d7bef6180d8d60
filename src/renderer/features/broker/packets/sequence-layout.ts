import type { PacketSequence, SequenceStep } from '../../../../shared/contract/packets.ts';
import { deltaText } from './packet-words.ts';

/** Sizes of the drawing, px. */
export const sizes = { time: 92, margin: 96, head: 44, row: 40, box: { width: 160, height: 28 }, loop: 34 } as const;
/** Of a character of the small text, on average. */
const characterPx = 6.9;

/** Few participants leave room for words. */
const columnPx = (participants: number): number => (participants <= 3 ? 320 : participants <= 5 ? 250 : 210);

interface DrawnParticipant {
  readonly name: string;
  /** All of it, where the name is cut. */
  readonly title: string;
  readonly isBroker: boolean;
  readonly x: number;
}

export interface DrawnStep {
  readonly step: SequenceStep;
  readonly y: number;
  readonly from: number;
  readonly to: number;
  /** Of what somebody kept to themselves, or what did not get through. */
  readonly shape: 'arrow' | 'self' | 'lost';
  readonly dashed: boolean;
  /** Over the arrow. */
  readonly text: string;
  /** Of the step, as it is read out. */
  readonly sentence: string;
  /** Since the first step. */
  readonly time: string;
}

export interface DrawnSequence {
  readonly width: number;
  readonly height: number;
  readonly participants: readonly DrawnParticipant[];
  readonly steps: readonly DrawnStep[];
}

/** Where everything stands. */
export function layoutSequence({ participants, steps }: PacketSequence): DrawnSequence {
  const column = columnPx(participants.length);
  const at = new Map(participants.map(({ id }, index) => [id, sizes.time + sizes.margin + index * column]));
  const names = new Map(participants.map(({ id, name }) => [id, name]));
  const firstUs = steps[0]?.timeUs ?? 0;
  return {
    width: sizes.time + 2 * sizes.margin + Math.max(0, participants.length - 1) * column,
    height: sizes.head + steps.length * sizes.row + 24,
    participants: participants.map(({ id, name, isBroker }) => ({ name: cut(name, sizes.box.width - 16), title: name, isBroker, x: at.get(id) ?? 0 })),
    steps: steps.map((step, index) => {
      const [from, to] = [at.get(step.from) ?? 0, at.get(step.to) ?? 0];
      const shape = step.from === step.to ? 'self' : step.kind === 'lost' ? 'lost' : 'arrow';
      const time = index === 0 ? '0' : `+${deltaText(step.timeUs - firstUs)}`;
      const label = `${step.name}${step.words === '' ? '' : ` ${step.words}`}`;
      return {
        step,
        y: sizes.head + (index + 1) * sizes.row - 8,
        ...{ from, to, shape, time },
        dashed: step.kind === 'answer' || step.kind === 'lost',
        text: cut(label, Math.max(column, Math.abs(to - from)) - 20),
        sentence: `${time}: ${names.get(step.from) ?? ''}${step.from === step.to ? '' : ` to ${names.get(step.to) ?? ''}`}: ${label}`,
      };
    }),
  };
}

function cut(text: string, widthPx: number): string {
  const most = Math.max(4, Math.floor(widthPx / characterPx));
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
