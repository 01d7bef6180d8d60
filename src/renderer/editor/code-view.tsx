import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { cx } from '../ui/cx.ts';
import type { EditorSchema } from './json-schemas.ts';
import { loadEditor, type EditorApi } from './load-editor.ts';
import styles from './code-view.module.css';

type CodeLanguage = 'json' | 'plaintext';

export interface CodeViewProps {
  readonly label: string;
  readonly value: string;
  readonly language: CodeLanguage;
  /** Without it the text can be read, searched, folded and copied, not changed. */
  readonly onChange?: (value: string) => void;
  readonly readOnly?: boolean;
  /** Line numbers and folding; off for short snippets. */
  readonly gutter?: boolean;
  /** Completion, explanations and hints for JSON that is written. */
  readonly schema?: EditorSchema | undefined;
  readonly className?: string;
}

/** Text in the code editor. Until that is loaded, or if it cannot be, the same text in a plain element that works as well. */
export function CodeView({ label, value, language, onChange, readOnly = onChange === undefined, gutter = true, schema, className }: CodeViewProps) {
  const [api, setApi] = useState<EditorApi | undefined>(undefined);
  useEffect(() => {
    let wanted = true;
    loadEditor().then(
      (loaded) => wanted && setApi(() => loaded),
      () => undefined,
    );
    return () => {
      wanted = false;
    };
  }, []);
  return (
    <div className={cx(styles['frame'], className)}>
      {api ? (
        <EditorHost api={api} label={label} value={value} language={language} onChange={onChange} readOnly={readOnly} gutter={gutter} schema={schema} />
      ) : (
        <textarea
          aria-label={label}
          className={styles['plain']}
          value={value}
          readOnly={readOnly}
          spellCheck={false}
          onChange={(event) => onChange?.(event.target.value)}
        />
      )}
    </div>
  );
}

interface HostProps extends Omit<CodeViewProps, 'onChange' | 'className' | 'readOnly' | 'gutter' | 'schema'> {
  readonly api: EditorApi;
  readonly onChange: ((value: string) => void) | undefined;
  readonly readOnly: boolean;
  readonly gutter: boolean;
  readonly schema: EditorSchema | undefined;
}

let models = 0;

function EditorHost({ api, label, value, language, onChange, readOnly, gutter, schema }: HostProps) {
  const element = useRef<HTMLDivElement>(null);
  const instance = useRef<ReturnType<EditorApi['create']> | undefined>(undefined);
  const latest = useRef({ onChange, applying: false });
  const initial = useRef({ value, language });
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
    });
    const changes = model.onDidChangeContent(() => {
      if (!latest.current.applying) latest.current.onChange?.(model.getValue());
    });
    instance.current = created;
    return () => {
      changes.dispose();
      api.setSchema(model.uri.toString(), undefined);
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
      renderValidationDecorations: readOnly ? 'off' : 'on',
    });
  }, [api, label, readOnly, gutter]);

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
    if (!model || model.getValue() === value) return;
    // The place that is being read stays where it is while values come in.
    const state = instance.current?.saveViewState();
    latest.current.applying = true;
    model.setValue(value);
    latest.current.applying = false;
    if (state) instance.current?.restoreViewState(state);
  }, [api, value]);

  return <div ref={element} className={styles['editor']} data-selectable />;
}
