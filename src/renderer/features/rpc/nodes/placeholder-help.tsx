import { CircleQuestionMark } from 'lucide-react';
import type { ReactElement } from 'react';
import { Button } from '../../../ui/button.tsx';
import { Popover } from '../../../ui/popover.tsx';
import styles from './methods.module.css';

const placeholders: readonly (readonly [text: string, meaning: string])[] = [
  ['{{params}}', 'all params of the call'],
  ['{{params.list[0].id}}', 'a part of them; ["any key"] for other names'],
  ['{{method}}, {{topic}}', 'what was called, and on which topic'],
  ['{{callerId}}', 'how the caller names itself; nobody checks it'],
  ['{{params.unit|°C}}', 'with a text for when it is missing'],
  ['{{$isoNow}}, {{$now}}', 'the time as text, or in ms since 1970'],
  ['{{$uuid}}', 'a new id'],
  ['{{$random}}, {{$randomInt 1 6}}', 'a number from 0 to 1, or a whole one'],
  ['{{$counter}}, {{$counter name}}', 'one more each time'],
];

/** The placeholders of a template, beside what they are typed into. */
export function PlaceholderHelp(): ReactElement {
  return (
    <div className={styles.help}>
      <span className={styles.note}>
        <code>"{'{{params.id}}'}"</code> alone in quotes keeps its type.
      </span>
      <Popover
        align="end"
        title="Placeholders"
        trigger={
          <Button size="small" variant="ghost" icon={<CircleQuestionMark size={14} aria-hidden />}>
            Placeholders
          </Button>
        }
      >
        <dl className={styles.placeholders}>
          {placeholders.map(([text, meaning]) => (
            <div key={text}>
              <dt>
                <code data-selectable>{text}</code>
              </dt>
              <dd>{meaning}</dd>
            </div>
          ))}
        </dl>
      </Popover>
    </div>
  );
}
