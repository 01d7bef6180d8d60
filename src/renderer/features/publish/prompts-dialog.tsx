import { useId, useState, type ReactElement } from 'react';
import { useStore } from 'zustand';
import { answerProblem, type Prompt } from '../../../shared/publishing/prompts.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Select } from '../../ui/select.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { publishStore } from './publish-model.ts';
import styles from './publish.module.css';

/** Asks for what the message leaves open, with `{{$ask …}}`, before it goes out. */
export function PromptsDialog(): ReactElement | null {
  const store = publishStore();
  const { asking, answers } = useStore(store.state);
  return asking && <Questions prompts={asking.prompts} before={answers} onAnswer={(given) => void store.answer(given)} />;
}

interface QuestionsProps {
  readonly prompts: readonly Prompt[];
  /** What was answered the last time. */
  readonly before: Readonly<Record<string, string>>;
  readonly onAnswer: (answers: Readonly<Record<string, string>> | null) => void;
}

function Questions({ prompts, before, onAnswer }: QuestionsProps): ReactElement {
  const [values, setValues] = useState<Readonly<Record<string, string>>>(() =>
    Object.fromEntries(prompts.map((prompt) => [prompt.name, before[prompt.name] ?? firstAnswer(prompt)])),
  );
  const [reveal, setReveal] = useState(false);
  const formId = useId();
  const problems = Object.fromEntries(prompts.map((prompt) => [prompt.name, answerProblem(prompt, values[prompt.name] ?? '')]));
  const set = (name: string, value: string): void => setValues({ ...values, [name]: value });
  const submit = (): void => {
    setReveal(true);
    if (Object.values(problems).every((problem) => problem === undefined)) onAnswer(values);
  };
  return (
    <Dialog
      open
      size="small"
      title="Before it is published"
      description="The message asks for this."
      onOpenChange={(open) => !open && onAnswer(null)}
      footer={
        <>
          <Button onClick={() => onAnswer(null)}>Cancel</Button>
          <Button type="submit" form={formId} variant="primary">
            Publish
          </Button>
        </>
      }
    >
      <form
        id={formId}
        className={styles.stack}
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        {prompts.map((prompt, at) => {
          const { name, type, choices } = prompt;
          const error = reveal ? problems[name] : undefined;
          const options = type === 'boolean' ? ['true', 'false'] : type === 'choice' ? choices : null;
          const value = values[name] ?? '';
          return options ? (
            <Select
              key={name}
              label={name}
              error={error}
              value={options.includes(value) ? value : null}
              onChange={(next) => set(name, next)}
              options={options.map((option) => ({ value: option, label: option }))}
            />
          ) : (
            <TextField
              key={name}
              label={name}
              mono={type !== 'text'}
              hint={type === 'text' ? undefined : type === 'integer' ? 'A whole number' : 'A number'}
              error={error}
              autoFocus={at === 0}
              value={value}
              onChange={(next) => set(name, next)}
            />
          );
        })}
      </form>
    </Dialog>
  );
}

function firstAnswer({ type, choices, offered }: Prompt): string {
  if (offered !== '') return offered;
  return type === 'boolean' ? 'true' : (choices[0] ?? '');
}
