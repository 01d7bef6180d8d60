import { useEffect, useState } from 'react';
import type { CodecView, PayloadView } from '../../../shared/contract/payload.ts';
import type { ChosenRule } from '../../../shared/payload/codec-binding.ts';
import { codecFor } from '../../../shared/payload/codec-binding.ts';
import type { CodecParams } from '../../../shared/payload/codec.ts';
import { engineClient, useStreamValue } from '../../data/index.ts';

/** A codec and its parameters; `auto`: found out. */
export interface CodecChoice {
  readonly name: string;
  readonly params: CodecParams;
}

export const autoCodec = 'auto';

/** Rules, names and schemas of the workspace; `undefined` until the first answer. */
export const usePayloads = (): PayloadView | undefined => useStreamValue('payload.watch', undefined);

export function ruleFor(view: PayloadView | undefined, source: string, topic: string): ChosenRule | null {
  return view ? codecFor(view.rules, source, topic) : null;
}

let asked: Promise<readonly CodecView[]> | undefined;

/** The codecs there are: the same for as long as the page lives. Empty until the answer. */
export function useCodecs(): readonly CodecView[] {
  const [codecs, setCodecs] = useState<readonly CodecView[]>([]);
  useEffect(() => {
    let wanted = true;
    asked ??= engineClient().call('payload.codecs', undefined);
    asked.then(
      (list) => wanted && setCodecs(list),
      // The next one who needs them asks again.
      () => (asked = undefined),
    );
    return () => {
      wanted = false;
    };
  }, []);
  return codecs;
}

/** What a codec, or a name of the user, is called on the page. */
export function codecTitle(codecs: readonly CodecView[], name: string): string {
  return codecs.find((codec) => codec.name === name)?.title ?? name;
}

/** The codec behind a name of the user. */
export function codecBehind(codecs: readonly CodecView[], view: PayloadView | undefined, name: string): CodecView | undefined {
  let at = name;
  for (let step = 0; step < 20; step += 1) {
    const next = view?.names[at]?.['name'];
    if (next === undefined || next === at) break;
    at = String(next);
  }
  return codecs.find((codec) => codec.name === at);
}

/** Parameters a codec cannot do without. */
export const needsSettings = (name: string): boolean => name === 'avro';
