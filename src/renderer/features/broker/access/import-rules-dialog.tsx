import { useEffect, useState, type ReactElement } from 'react';
import { mostRules, type AccessRule } from '../../../../shared/broker/access/access-rules.ts';
import { engineClient } from '../../../data/index.ts';
import { Banner } from '../../../ui/banner.tsx';
import { Button } from '../../../ui/button.tsx';
import { Checkbox } from '../../../ui/checkbox.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { Select } from '../../../ui/select.tsx';
import { SegmentedControl } from '../../../ui/segmented-control.tsx';
import { toasts } from '../../../ui/toast.tsx';
import { formatCount, newId, plural, useAttempt, useFirst } from '../../common/index.ts';
import type { AccessDraft } from './access-draft.ts';
import styles from './access.module.css';
import { accessStore, undoToast, useAccessState } from './access-store.ts';
import { ImportFindings, ImportSource } from './import-frame.tsx';
import { RuleWords } from './rule-row.tsx';

type Format = 'mosquitto' | 'distmqtt';
type Way = 'replace' | 'append';

const formats = [
  { value: 'mosquitto', label: 'mosquitto', detail: 'acl_file' },
  { value: 'distmqtt', label: 'distmqtt', detail: 'topic-check, YAML' },
] as const;
const ways = [
  { value: 'replace', label: 'In place of all rules' },
  { value: 'append', label: 'After the rules there are' },
] as const;
const examples: Readonly<Record<Format, string>> = { mosquitto: 'user alice\ntopic readwrite home/#', distmqtt: 'topic-check:\n  acl:\n    alice: [home/#]' };
const noRules: readonly AccessRule[] = [];

/** Rules from the ACL file of another broker, looked at before they are taken over into the draft. */
export function ImportRulesDialog({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }): ReactElement {
  const [text, setText] = useState('');
  const [format, setFormat] = useState<Format>('mosquitto');
  const [way, setWay] = useState<Way>('replace');
  const [forbid, setForbid] = useState(true);
  const held = useAccessState((state) => state.draft?.rules.length ?? 0);
  const { outcome, begin, forget } = useAttempt<{
    readonly rules: readonly AccessRule[];
    readonly findings: readonly { readonly line: number; readonly message: string }[];
  }>();
  useEffect(() => {
    if (text === '') forget();
    else void begin((signal) => engineClient().call('broker.readAcl', { format, text }, { signal }));
  }, [text, format, begin, forget]);
  const read = outcome !== null && 'value' in outcome ? outcome.value : null;
  const rules = read?.rules ?? noRules;
  const { shown, more } = useFirst(rules, 50);
  const total = rules.length + (way === 'append' ? held : 0);
  const close = (): void => {
    setText('');
    onClose();
  };
  const take = (): void => {
    const store = accessStore();
    const before = store.state.getState().draft;
    store.edit((now: AccessDraft) => ({
      ...now,
      rules: [...(way === 'append' ? now.rules : []), ...rules.map((rule) => ({ id: newId(), rule }))],
      otherwise: forbid ? 'deny' : now.otherwise,
    }));
    toasts.show({
      id: undoToast,
      title: `${plural(rules.length, 'rule')} taken over`,
      detail: 'They are in use when you save.',
      ...(before === null ? {} : { action: { label: 'Undo', run: () => store.edit(() => before) } }),
    });
    close();
  };
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => !next && close()}
      title="Import an ACL file"
      description="Its rules come into the list, in the order in which that broker asks them. Nothing is in use before you save."
      size="large"
      persistent
      footer={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button variant="primary" disabled={rules.length === 0 || total > mostRules} onClick={take}>
            {rules.length === 0 ? 'Take over' : `Take over ${plural(rules.length, 'rule')}`}
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        <Select label="Form" value={format} onChange={setFormat} options={formats} />
        <ImportSource
          what="rules"
          label="Text of the file"
          placeholder={examples[format]}
          accept=".acl,.conf,.txt,.yaml,.yml"
          text={text}
          onText={(next, name) => {
            setText(next);
            if (name !== null && /\.ya?ml$/i.test(name)) setFormat('distmqtt');
          }}
        />
        {outcome !== null && 'problem' in outcome && (
          <Banner inset kind="bad" title={outcome.problem}>
            {outcome.advice}
          </Banner>
        )}
        {read !== null && (
          <>
            <p role="status" className={styles.summary}>
              {rules.length === 0 ? 'There is no rule in it.' : `${plural(rules.length, 'rule')} can be taken over.`}
            </p>
            <ImportFindings findings={read.findings} />
            {rules.length > 0 && (
              <>
                <ol className={styles.readRules} aria-label="Rules of the file">
                  {shown.map((rule, at) => (
                    // The same rule may stand there twice.
                    // oxlint-disable-next-line react/no-array-index-key
                    <li key={at} className={styles.readRule}>
                      <span className={styles.place}>{at + 1}</span>
                      <RuleWords rule={rule} />
                    </li>
                  ))}
                </ol>
                {more}
                <SegmentedControl label="Where they go" value={way} onChange={setWay} segments={ways} />
                <Checkbox label="Deny what no rule matches" hint="As the broker does that the file is from." checked={forbid} onChange={setForbid} />
              </>
            )}
            {total > mostRules && (
              <Banner inset kind="bad" title={`There can be no more than ${formatCount(mostRules)} rules; these would be ${formatCount(total)}.`} />
            )}
          </>
        )}
      </div>
    </Dialog>
  );
}
