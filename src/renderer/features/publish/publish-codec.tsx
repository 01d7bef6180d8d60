import { Binary } from 'lucide-react';
import type { ReactElement } from 'react';
import { useStore } from 'zustand';
import { Button } from '../../ui/button.tsx';
import { Popover } from '../../ui/popover.tsx';
import { CodecFields, codecTitle, useCodecs } from '../payloads/index.ts';
import { publishStore } from './publish-model.ts';
import styles from './publish.module.css';

/** Which codec turns the text into bytes, with its parameters. */
export function PublishCodec(): ReactElement {
  const store = publishStore();
  const { codec } = useStore(store.state, (state) => state.draft);
  const codecs = useCodecs();
  return (
    <Popover
      side="top"
      title="Codec to publish with"
      trigger={
        <Button size="small" variant="ghost" icon={<Binary size={14} aria-hidden />}>
          {codecTitle(codecs, codec.name)}
        </Button>
      }
    >
      <div className={styles.codec}>
        <CodecFields writing codecs={codecs} choice={codec} onChange={(next) => store.setDraft({ codec: next })} />
      </div>
    </Popover>
  );
}
