import type { ReactElement } from 'react';
import type { CodecView } from '../../../shared/contract/payload.ts';
import type { CodecParam, ParamValue } from '../../../shared/payload/codec.ts';
import { Checkbox } from '../../ui/checkbox.tsx';
import { Select } from '../../ui/select.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { autoCodec, codecBehind, usePayloads, type CodecChoice } from './payloads-model.ts';
import styles from './payloads.module.css';

export interface CodecFieldsProps {
  readonly codecs: readonly CodecView[];
  readonly choice: CodecChoice;
  readonly onChange: (choice: CodecChoice) => void;
  /** For writing: without those that no text can be written as, and without `auto`. */
  readonly writing?: boolean;
}

/** A codec, and what it can be told. */
export function CodecFields({ codecs, choice, onChange, writing = false }: CodecFieldsProps): ReactElement {
  const view = usePayloads();
  const names = Object.keys(view?.names ?? {}).filter((name) => !codecs.some((codec) => codec.name === name));
  const codec = codecBehind(codecs, view, choice.name);
  const options = [
    ...(writing ? [] : [{ value: autoCodec, label: 'Automatic', detail: 'topic, content type, bytes' }]),
    ...names.map((name) => ({ value: name, label: name, detail: 'name of your own' })),
    ...codecs.filter(({ readOnly }) => !writing || !readOnly).map(({ name, title }) => ({ value: name, label: title, detail: name })),
  ];
  const setParam = (name: string, value: ParamValue | undefined): void => {
    const { [name]: _old, ...others } = choice.params;
    onChange({ ...choice, params: value === undefined ? others : { ...others, [name]: value } });
  };
  return (
    <div className={styles.form}>
      <Select
        label="Codec"
        value={choice.name}
        onChange={(name) => onChange({ name, params: {} })}
        options={options}
        {...(codec ? { hint: codec.help } : {})}
      />
      {codec?.params.map((param) => (
        <ParamField
          key={`${codec.name} ${param.name}`}
          param={param}
          value={choice.params[param.name] ?? view?.names[choice.name]?.[param.name] ?? param.default}
          params={choice.params}
          kind={codec.name}
          inner={codecs}
          onChange={(value) => setParam(param.name, value)}
        />
      ))}
    </div>
  );
}

interface ParamFieldProps {
  readonly param: CodecParam;
  readonly value: ParamValue | undefined;
  readonly params: CodecChoice['params'];
  readonly kind: string;
  readonly inner: readonly CodecView[];
  readonly onChange: (value: ParamValue | undefined) => void;
}

function ParamField({ param, value, params, kind, inner, onChange }: ParamFieldProps): ReactElement {
  const schemas = usePayloads()?.schemas ?? [];
  const { title, help, type, choices = [] } = param;
  if (type === 'flag') return <Checkbox label={title} hint={help} checked={value === true} onChange={onChange} />;
  const text = value === undefined ? '' : String(value);
  if (type === 'choice')
    return <Select label={title} hint={help} value={text} onChange={onChange} options={choices.map((one) => ({ value: one, label: one }))} />;
  if (type === 'codec') {
    const options = [{ value: autoCodec, label: 'Automatic' }, ...inner.map((codec) => ({ value: codec.name, label: codec.title }))];
    return <Select label={title} hint={help} value={text} onChange={onChange} options={options} />;
  }
  if (type === 'schema') {
    const files = schemas.filter((file) => file.kind === kind);
    const options = [
      ...(kind === 'protobuf' ? [{ value: '', label: 'None: fields by number' }] : []),
      ...files.map(({ name, problem }) => ({ value: name, label: name, ...(problem ? { detail: 'has a problem' } : {}) })),
    ];
    const problem = files.find(({ name }) => name === text)?.problem;
    return (
      <Select
        label={title}
        hint={files.length === 0 ? `${help} There is none yet: add one under Schemas.` : help}
        value={kind === 'protobuf' || text !== '' ? text : null}
        onChange={(next) => onChange(next === '' ? undefined : next)}
        options={options}
        disabled={options.length === 0}
        {...(problem ? { error: `${problem.message}${problem.line === null ? '' : ` (${problem.file}, line ${problem.line})`}` } : {})}
      />
    );
  }
  if (type === 'message') {
    const messages = schemas.find(({ name }) => name === params['schema'])?.messages ?? [];
    const options = messages.map((name) => ({ value: name, label: name }));
    return <Select label={title} hint={help} value={text === '' ? null : text} onChange={onChange} options={options} disabled={options.length === 0} />;
  }
  return <TextField label={title} hint={help} value={text} onChange={(next) => onChange(next === '' && param.default === undefined ? undefined : next)} mono />;
}
