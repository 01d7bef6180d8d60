import { useEffect, useLayoutEffect, useRef, type ReactElement } from 'react';
import { goOnAt, type Caret } from './caret.ts';
import type { EditorSchema } from './json-schemas.ts';
import type { CodeProblem, EditorApi } from './load-editor.ts';
import type { Placeholder } from './placeholder-completion.ts';
import styles from './code-view.module.css';

export type CodeLanguage = 'json' | 'javascript' | 'plaintext';
type Editor = ReturnType<EditorApi['create']>;
type EditorOptions = NonNullable<Parameters<EditorApi['create']>[1]>;

export interface EditorHostProps {
  readonly api: EditorApi;
  readonly label: string;
  readonly value: string;
  readonly language: CodeLanguage;
  readonly onChange: ((value: string) => void) | undefined;
  readonly readOnly: boolean;
  readonly gutter: boolean;
  readonly schema?: EditorSchema | undefined;
  /** Names to complete after `{{`. */
  readonly placeholders?: readonly Placeholder[] | undefined;
  /** Marks of what is wrong; off where something else than the language stands in the text. */
  readonly marks?: boolean;
  /** What is wrong by the language or the schema, now and after changes. */
  readonly onProblems?: ((problems: readonly CodeProblem[]) => void) | undefined;
  /** Of a new editor, over those all have. Later changes count for nothing. */
  readonly options?: EditorOptions;
  /** Where somebody writes in the field whose place this takes. */
  readonly caret?: Caret | undefined;
  /** Called with each editor that is made; what it gives is called when that one goes. */
  readonly onMade?: (editor: Editor) => () => void;
}

const maxTold = 50;
let models = 0;

/** One editor of Monaco, with its text in a model of its own. */
export function EditorHost({
  api,
  label,
  value,
  language,
  onChange,
  readOnly,
  gutter,
  schema,
  placeholders,
  marks = true,
  onProblems,
  options,
  caret,
  onMade,
}: EditorHostProps): ReactElement {
  const element = useRef<HTMLDivElement>(null);
  const instance = useRef<Editor | undefined>(undefined);
  const latest = useRef({ onChange, applying: false });
  /** What was told and has not come back yet, the oldest first. */
  const told = useRef<string[]>([]);
  const initial = useRef({ value, language, options, caret, onMade });
  useLayoutEffect(() => {
    latest.current.onChange = onChange;
  });

  useEffect(() => {
    if (!element.current) return undefined;
    const style = getComputedStyle(element.current);
    models += 1;
    const model = api.createModel(initial.current.value, initial.current.language, `inmemory://text/${models}.${initial.current.language}`);
    const created = api.create(element.current, {
      model,
      fontFamily: style.fontFamily,
      fontSize: 12,
      lineHeight: 18,
      automaticLayout: true,
      wordWrap: 'on',
      scrollBeyondLastLine: false,
      minimap: { enabled: false },
      // Most editors here are a few lines high, and none can be spared.
      stickyScroll: { enabled: false },
      overviewRulerLanes: 0,
      hideCursorInOverviewRuler: true,
      overviewRulerBorder: false,
      lineNumbersMinChars: 3,
      lineDecorationsWidth: 14,
      padding: { top: 6, bottom: 6 },
      renderLineHighlight: 'none',
      occurrencesHighlight: 'off',
      selectionHighlight: false,
      guides: { indentation: true },
      scrollbar: { verticalScrollbarSize: 10, horizontalScrollbarSize: 10, useShadows: false, alwaysConsumeMouseWheel: false },
      // Tab goes on to the next control: nobody gets caught.
      tabFocusMode: true,
      tabSize: 2,
      fixedOverflowWidgets: true,
      quickSuggestions: false,
      contextmenu: false,
      ...initial.current.options,
    });
    const changes = model.onDidChangeContent(() => {
      if (latest.current.applying) return;
      told.current = [...told.current.slice(-maxTold), model.getValue()];
      latest.current.onChange?.(model.getValue());
    });
    instance.current = created;
    const unmake = initial.current.onMade?.(created);
    if (initial.current.caret) goOnAt(created, initial.current.caret);
    return () => {
      unmake?.();
      changes.dispose();
      api.setSchema(model.uri.toString(), undefined);
      api.setPlaceholders(model.uri.toString(), undefined);
      created.dispose();
      model.dispose();
      instance.current = undefined;
    };
  }, [api]);

  useEffect(() => {
    instance.current?.updateOptions({
      ariaLabel: label,
      readOnly,
      domReadOnly: readOnly,
      lineNumbers: gutter ? 'on' : 'off',
      glyphMargin: false,
      folding: gutter,
      renderValidationDecorations: readOnly || !marks ? 'off' : 'on',
    });
  }, [api, label, readOnly, gutter, marks]);

  useEffect(() => {
    const model = instance.current?.getModel();
    if (model && model.getLanguageId() !== language) api.setModelLanguage(model, language);
  }, [api, language]);

  useEffect(() => {
    const model = instance.current?.getModel();
    if (model) api.setSchema(model.uri.toString(), schema);
  }, [api, schema]);

  useEffect(() => {
    const model = instance.current?.getModel();
    if (model) api.setPlaceholders(model.uri.toString(), placeholders);
  }, [api, placeholders]);

  useEffect(() => {
    const model = instance.current?.getModel();
    return model && onProblems ? api.watchProblems(model, onProblems) : undefined;
  }, [api, onProblems]);

  useEffect(() => {
    const model = instance.current?.getModel();
    if (!model) return;
    const echo = told.current.indexOf(value);
    const isOld = echo !== -1 && echo < told.current.length - 1;
    told.current = told.current.slice(echo + 1);
    // Who types fast is ahead of what comes back.
    if (isOld || model.getValue() === value) return;
    // The place that is being read stays where it is while values come in.
    const state = instance.current?.saveViewState();
    latest.current.applying = true;
    model.setValue(value);
    latest.current.applying = false;
    if (state) instance.current?.restoreViewState(state);
  }, [api, value]);

  return <div ref={element} className={styles['editor']} data-selectable />;
}
