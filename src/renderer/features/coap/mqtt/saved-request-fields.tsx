import { useState, type ReactElement } from 'react';
import { gfMethods } from '../../../../shared/coap/gf/message.ts';
import { SegmentedControl } from '../../../ui/segmented-control.tsx';
import { useVariables } from '../../rpc/index.ts';
import { bodyJson, type Body } from './body-form.ts';
import { BodyField } from './body-field.tsx';
import { EnvelopeFields } from './envelope-fields.tsx';
import { problemsOf, type RequestDraft } from './request-draft.ts';
import { savedOfDraft, type SavedGfRequest } from './saved-request.ts';
import { DeviceFields, PathField } from './target-fields.tsx';
import styles from './request-builder.module.css';

interface SavedRequestFieldsProps {
  readonly saved: SavedGfRequest;
  /** The same as the builder has it. */
  readonly draft: RequestDraft;
  readonly reveal: boolean;
  readonly paramsError: string | undefined;
  readonly onChange: (saved: SavedGfRequest) => void;
}

/** A request of gf_mqtt_client that is kept in a collection, in CoAP's terms. */
export function SavedRequestFields({ saved, draft: kept, reveal, paramsError, onChange }: SavedRequestFieldsProps): ReactElement {
  const [written, setWritten] = useState<Body>({ bodyAs: 'json', body: kept.body });
  // In another form as long as it stands for what is kept.
  const body = bodyJson(written) === kept.body ? written : { bodyAs: 'json' as const, body: kept.body };
  const draft = { ...kept, ...body };
  // What a variable stands for in a run is not known here.
  const problems = problemsOf({ ...draft, body: '', bodyAs: 'json' }, null);
  const edit = (change: Partial<RequestDraft>): void => onChange(savedOfDraft({ ...draft, ...change }, saved));
  const variables = useVariables();
  const fields = { draft, problems, reveal, onChange: edit };
  return (
    <>
      <div className={styles.line}>
        <DeviceFields {...fields} />
        <PathField {...fields} />
      </div>
      <div className={styles.tools}>
        <SegmentedControl
          size="small"
          label="Method"
          value={draft.method}
          onChange={(method) => edit({ method })}
          segments={gfMethods.map((method) => ({ value: method, label: method }))}
        />
      </div>
      <BodyField
        draft={body}
        variables={variables}
        error={paramsError}
        onChange={(next) => {
          setWritten(next);
          edit(next);
        }}
      />
      <EnvelopeFields id="saved-request-envelope" draft={draft} problems={problems} onChange={edit} />
    </>
  );
}
