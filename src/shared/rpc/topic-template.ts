/** What a topic template may hold in braces. `topic` stands for one level or more, the others for what is within one level. */
const names = ['topic', 'method', 'id', 'caller', 'client'] as const;
type TemplateName = (typeof names)[number];
export type TemplateValues = { readonly [name in TemplateName]?: string | undefined };

/** `null`: it is fine. */
export function templateProblem(template: string): string | null {
  const used = new Set<string>();
  for (const [, name = ''] of template.matchAll(/\{([^{}]*)\}/g)) {
    if (!(names as readonly string[]).includes(name)) return `{${name}} means nothing; there are ${names.map((known) => `{${known}}`).join(', ')}`;
    if (used.has(name)) return `{${name}} is there twice`;
    used.add(name);
  }
  const crowded = template.split('/').find((level) => level.split('{').length > 2);
  // They could not be told apart, and looking for all ways to do so would take for ever on topics made to be hard.
  if (crowded !== undefined) return `"${crowded}" has more than one placeholder in one level`;
  return /[{}]/.test(template.replace(/\{[^{}]*\}/g, '')) ? 'a brace without its partner' : null;
}

/** `undefined`: a value it needs is not known. */
export function fillTemplate(template: string, values: TemplateValues): string | undefined {
  let complete = true;
  const filled = template.replace(/\{([^{}]*)\}/g, (_all, name: TemplateName) => {
    const value = values[name];
    if (value === undefined) complete = false;
    return value ?? '';
  });
  return complete ? filled : undefined;
}

/** Not every topic has this form: there is more than placeholders. */
export function isSpecific(template: string): boolean {
  return /[^/]/.test(template.replace(/\{[^{}]*\}/g, ''));
}

/** Reads a topic back; `undefined`: it does not have this form. */
export function templateReader(template: string): (topic: string) => TemplateValues | undefined {
  const pattern = template
    .split(/(\{[^{}]*\})/)
    .map((part) =>
      part.startsWith('{') ? `(?<${part.slice(1, -1)}>${part === '{topic}' ? '.+' : '[^/]+'})` : part.replace(/[\\^$.*+?()[\]|/-]/g, String.raw`\$&`),
    )
    .join('');
  const expression = new RegExp(`^${pattern}$`, 'su');
  return (topic) => {
    const found = expression.exec(topic);
    return found === null ? undefined : (found.groups ?? {});
  };
}
