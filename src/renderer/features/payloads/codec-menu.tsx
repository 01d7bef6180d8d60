import { useState, type ReactElement } from 'react';
import type { SourceId } from '../../../shared/contract/common.ts';
import type { CodecView } from '../../../shared/contract/payload.ts';
import type { ChosenRule } from '../../../shared/payload/codec-binding.ts';
import { Button } from '../../ui/button.tsx';
import { Menu, type MenuEntry } from '../../ui/menu.tsx';
import { CodecDialog } from './codec-dialog.tsx';
import { autoCodec, codecTitle, needsSettings, useCodecs, usePayloads, type CodecChoice } from './payloads-model.ts';
import { SchemasDialog } from './schemas-dialog.tsx';

export interface CodecMenuProps {
  readonly source: SourceId;
  readonly sourceName: string;
  readonly topic: string;
  /** Chosen for now; `null`: by rule, or found out. */
  readonly choice: CodecChoice | null;
  readonly rule: ChosenRule | null;
  /** What it was found out to be, by name of the codec. */
  readonly found: string | null;
  readonly why: string | null;
  readonly onChoose: (choice: CodecChoice | null) => void;
}

/** How the shown payload is read: "Auto: MessagePack". */
export function CodecMenu({ source, sourceName, topic, choice, rule, found, why, onChoose }: CodecMenuProps): ReactElement {
  const codecs = useCodecs();
  const view = usePayloads();
  const [dialog, setDialog] = useState<{ readonly kind: 'codec'; readonly first: CodecChoice } | { readonly kind: 'schemas' } | null>(null);
  const used = choice?.name ?? (rule && rule.rule.codec !== autoCodec ? rule.rule.codec : null);
  const label = used === null || used === autoCodec ? `Auto${found === null ? '' : `: ${codecTitle(codecs, found)}`}` : codecTitle(codecs, used);
  const present: CodecChoice = choice ?? (rule ? { name: rule.rule.codec, params: rule.rule.params } : { name: autoCodec, params: {} });
  const pick = (name: string): void => {
    const next = { name, params: {} };
    if (needsSettings(name)) setDialog({ kind: 'codec', first: next });
    else onChoose(next);
  };
  const choices = (list: readonly CodecView[]): MenuEntry => ({
    kind: 'choice',
    label: 'Read as',
    value: choice?.name ?? used ?? autoCodec,
    options: list.map(({ name, title }) => ({ value: name, label: title })),
    onChange: pick,
  });
  const items = (): readonly MenuEntry[] => {
    const names = Object.keys(view?.names ?? {});
    const isNumber = ({ name }: CodecView): boolean => /^(?:u?int\d+|float|double)$/.test(name);
    const isPacked = ({ name }: CodecView): boolean => name === 'gzip' || name === 'zlib' || name === 'deflate' || name === 'zstd';
    return [
      {
        label: rule ? `By rule: ${codecTitle(codecs, rule.rule.codec)}` : 'Automatic',
        detail: rule ? (rule.rule.filter ?? 'all topics') : '',
        onSelect: () => onChoose(null),
      },
      ...(rule ? [{ label: 'Automatic', onSelect: () => onChoose({ name: autoCodec, params: {} }) }] : []),
      { kind: 'separator' },
      ...(names.length > 0
        ? [
            {
              kind: 'choice',
              label: 'Your names',
              value: choice?.name ?? '',
              options: names.map((name) => ({ value: name, label: name })),
              onChange: pick,
            } as const,
          ]
        : []),
      choices(codecs.filter((codec) => !isNumber(codec) && !isPacked(codec))),
      { kind: 'submenu', label: 'Numbers', items: [choices(codecs.filter(isNumber))] },
      { kind: 'submenu', label: 'Compressed', items: [choices(codecs.filter(isPacked))] },
      { kind: 'separator' },
      { label: 'Parameters and rules …', onSelect: () => setDialog({ kind: 'codec', first: present }) },
      { label: 'Schemas …', onSelect: () => setDialog({ kind: 'schemas' }) },
    ];
  };
  return (
    <>
      <Menu
        align="end"
        trigger={
          <Button size="small" variant="ghost" title={why ?? 'How the payload is read'}>
            {label}
          </Button>
        }
        items={items}
      />
      {dialog?.kind === 'codec' && (
        <CodecDialog
          source={source}
          sourceName={sourceName}
          topic={topic}
          first={dialog.first}
          onClose={() => setDialog(null)}
          onTry={(next) => {
            onChoose(next);
            setDialog(null);
          }}
        />
      )}
      {dialog?.kind === 'schemas' && <SchemasDialog onClose={() => setDialog(null)} />}
    </>
  );
}
