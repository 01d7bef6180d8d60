import { useState, type ReactElement } from 'react';
import type { AuthenticationChallenge } from '../../../../shared/contract/connections.ts';
import { Badge } from '../../../ui/badge.tsx';
import { Button } from '../../../ui/button.tsx';
import { SegmentedControl } from '../../../ui/segmented-control.tsx';
import { Card, CopyButton, plural } from '../../common/index.ts';
import { answerChallenge } from '../connection-actions.ts';
import { base64Of, readBytes, toBase64 } from '../draft/bytes.ts';
import type { BytesDraft } from '../draft/profile-draft.ts';
import { BytesField, bytesForms } from '../editor/bytes-field.tsx';
import { hexOf, readable } from './preview-bytes.ts';
import styles from './page.module.css';

/** What the broker asks in enhanced authentication (§4.12), and the answer of a person. */
export function ChallengeCard({ id, challenge }: { readonly id: string; readonly challenge: AuthenticationChallenge }): ReactElement {
  const text = readable(challenge.data);
  const [form, setForm] = useState<BytesDraft['as']>(text === undefined ? 'hex' : 'text');
  const [answer, setAnswer] = useState<BytesDraft>({ text: '', as: 'text' });
  const [sending, setSending] = useState(false);
  const read = readBytes(answer);
  const problem = 'problem' in read ? read.problem : read.bytes.length > 65_535 ? 'At most 65,535 bytes fit.' : undefined;
  const send = async (data: string | null): Promise<void> => {
    setSending(true);
    await answerChallenge(id, challenge.number, data);
    setSending(false);
  };
  const shown = form === 'text' ? (text ?? '') : form === 'hex' ? hexOf(challenge.data) : toBase64(challenge.data);
  return (
    <Card title="The broker asks" titleAside={<Badge tone="info">{challenge.method}</Badge>}>
      <form
        className={styles.challenge}
        aria-label="Answer of the challenge"
        onSubmit={(event) => {
          event.preventDefault();
          if (problem === undefined) void send(base64Of(answer));
        }}
      >
        <div className={styles.challengeHead}>
          <span className={styles.quiet}>
            Challenge {challenge.number}, {plural(challenge.data.length, 'byte')}
          </span>
          <SegmentedControl
            label="Show the challenge as"
            size="small"
            value={form}
            onChange={setForm}
            segments={bytesForms.map((one) => ({ ...one, disabled: one.value === 'text' && text === undefined }))}
          />
          <CopyButton text={shown} label="Copy the challenge" />
        </div>
        <code className={styles.head} data-selectable tabIndex={0} aria-label="Challenge">
          {challenge.data.length === 0 ? 'No data' : shown}
        </code>
        <BytesField label="Answer" value={answer} onChange={setAnswer} error={problem} hint="Empty: an answer without data" autoFocus />
        <div className={styles.challengeHead}>
          <Button type="submit" variant="primary" busy={sending} disabled={problem !== undefined}>
            Send the answer
          </Button>
          <Button onClick={() => void send(null)}>Give up</Button>
        </div>
      </form>
    </Card>
  );
}
