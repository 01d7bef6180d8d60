import type { ReactElement } from 'react';
import { findResponseCode, responseCodes } from '../../../../shared/coap/gf/response-codes.ts';
import { Select } from '../../../ui/select.tsx';

interface CodePickerProps {
  readonly label: string;
  readonly labelHidden?: boolean;
  readonly value: number | null;
  readonly onChange: (code: number) => void;
  readonly className?: string | undefined;
}

/** One of the codes that every peer lists, by number and name. What was written by hand may be another one, and stays until one is chosen. */
export function CodePicker({ label, labelHidden = false, value, onChange, className }: CodePickerProps): ReactElement {
  const listed = responseCodes.map(({ code, title }) => ({ value: String(code), label: `${code} ${title}` }));
  const unlisted = value === null || findResponseCode(value) ? [] : [{ value: String(value), label: `${value} unlisted` }];
  return (
    <Select
      {...{ label, labelHidden, className }}
      size="small"
      value={value === null ? null : String(value)}
      onChange={(code) => onChange(Number(code))}
      options={[...unlisted, ...listed]}
    />
  );
}
