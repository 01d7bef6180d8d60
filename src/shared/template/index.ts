export { escapeBraces, escapeBracesInJson, unescapeBraces } from './escape-braces.ts';
export { fillJsonTemplate } from './fill-json-template.ts';
export { fillTemplate } from './fill-template.ts';
export { templateFunctions, type TemplateFunctions } from './template-functions.ts';
export type { TemplateProblem } from './template-problem.ts';
export type { TemplateScope } from './template-scope.ts';
