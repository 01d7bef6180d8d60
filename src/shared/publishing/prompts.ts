import { readPlaceholder, type Placeholder } from '../template/placeholder.ts';
import type { TemplateFunctions } from '../template/index.ts';

/** What `{{$ask NAME TYPE}}` asks a person for. */
export interface Prompt {
  readonly name: string;
  readonly type: 'text' | 'number' | 'integer' | 'boolean' | 'choice';
  /** Of a `choice`. */
  readonly choices: readonly string[];
  /** After `|`: offered as the answer. */
  readonly offered: string;
}

type Asked = Omit<Prompt, 'offered'>;

const types = ['text', 'number', 'integer', 'boolean', 'choice'] as const;
const write = 'Write for example {{$ask room}}, {{$ask level integer|20}} or {{$ask mode choice auto heat off}}.';

/** The questions in texts, each name once, in their order; what cannot be read is told when it is filled in. */
export function findPrompts(texts: readonly string[]): readonly Prompt[] {
  const found = new Map<string, Prompt>();
  for (const text of texts) {
    for (let at = text.indexOf('{{'); at !== -1;) {
      const placeholder = tryRead(text, at);
      if (placeholder?.kind === 'function' && placeholder.name === '$ask') {
        const asked = readAsked(placeholder.args);
        if ('name' in asked && !found.has(asked.name)) found.set(asked.name, { ...asked, offered: placeholder.fallback ?? '' });
      }
      at = text.indexOf('{{', placeholder?.end ?? at + 2);
    }
  }
  return [...found.values()];
}

/** `$ask` for a template: what was answered, as a value of its type. */
export function askFunction(answers: Readonly<Record<string, string>>): TemplateFunctions[string] {
  return (args) => {
    const asked = readAsked(args);
    if ('problem' in asked) return asked;
    const answer = Object.hasOwn(answers, asked.name) ? answers[asked.name] : undefined;
    if (answer === undefined) return { problem: `“${asked.name}” was not answered.`, advice: 'Publish it from the bar, which asks for it.' };
    const problem = answerProblem(asked, answer);
    if (problem !== undefined) return { problem: `“${asked.name}”: ${problem}`, advice: 'Answer it anew.' };
    return { value: asked.type === 'number' || asked.type === 'integer' ? Number(answer) : asked.type === 'boolean' ? answer === 'true' : answer };
  };
}

/** What is wrong with an answer, in a sentence. */
export function answerProblem({ type, choices }: Asked, answer: string): string | undefined {
  switch (type) {
    case 'number':
      return /^-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/.test(answer) && Number.isFinite(Number(answer)) ? undefined : 'Enter a number, such as 21.5.';
    case 'integer':
      return /^-?\d{1,15}$/.test(answer) ? undefined : 'Enter a whole number.';
    case 'boolean':
      return answer === 'true' || answer === 'false' ? undefined : 'Choose true or false.';
    case 'choice':
      return choices.includes(answer) ? undefined : 'Choose one of them.';
    case 'text':
      return undefined;
  }
}

function readAsked(args: readonly string[]): Asked | { readonly problem: string; readonly advice: string } {
  const [name = '', type = 'text', ...choices] = args;
  const known = types.find((one) => one === type);
  if (name === '' || name.length > 200) return { problem: '$ask has no name to ask for.', advice: write };
  if (known === undefined) return { problem: `$ask knows no type “${type.slice(0, 60)}”: there are ${types.join(', ')}.`, advice: write };
  if (known === 'choice' ? choices.length === 0 : choices.length > 0) {
    return { problem: known === 'choice' ? '$ask has nothing to choose from.' : `$ask takes nothing after the type ${known}.`, advice: write };
  }
  return { name, type: known, choices };
}

function tryRead(text: string, at: number): Placeholder | undefined {
  try {
    return readPlaceholder(text, at);
  } catch {
    return undefined;
  }
}
