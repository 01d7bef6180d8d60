import { MoreHorizontal } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import { useCommands } from '../../../app/commands.ts';
import type { MockDevice, MockResource, MockResourceState } from '../../../../shared/contract/mock-devices.ts';
import { CodeView } from '../../../editor/code-view.tsx';
import { Button } from '../../../ui/button.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { Menu } from '../../../ui/menu.tsx';
import { SegmentedControl } from '../../../ui/segmented-control.tsx';
import { Splitter } from '../../../ui/splitter.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { LiveState } from './live-state.tsx';
import { MethodAnswer } from './method-answer.tsx';
import { removeResource, saveResource } from './mock-actions.ts';
import { setDevice, setDraft, useDeviceState } from './mock-model.ts';
import { checkResource, mockMethodNames, resourceDraftOf, resourceOf, type MethodDraft, type ResourceDraft } from './resource-draft.ts';
import { TryRequest } from './try-request.tsx';
import styles from './mock-devices.module.css';

interface ResourceEditorProps {
  readonly device: MockDevice;
  readonly resource: MockResource;
  readonly live: MockResourceState | undefined;
}

/** One resource: its path, its state, and how each method answers. Saved explicitly. Give it the saved path as key. */
export function ResourceEditor({ device, resource, live }: ResourceEditorProps): ReactElement {
  const { drafts, method } = useDeviceState(device.id);
  const [saving, setSaving] = useState(false);
  const open = drafts[resource.path];
  const saved = resourceDraftOf(resource);
  const draft = open ?? saved;
  const others = device.resources.flatMap((one) => (one === resource ? [] : [one.path]));
  const problems = checkResource(draft, others);
  const edit = (part: Partial<ResourceDraft>): void => {
    const next = { ...draft, ...part };
    setDraft(device.id, resource.path, JSON.stringify(next) === JSON.stringify(saved) ? null : next);
  };
  const editMethod = (part: Partial<MethodDraft>): void => edit({ methods: { ...draft.methods, [method]: { ...draft.methods[method], ...part } } });
  const save = async (): Promise<void> => {
    if (problems || !open) return;
    setSaving(true);
    await saveResource(device, resource.path, resourceOf(draft));
    setSaving(false);
  };
  useCommands([
    {
      id: 'mock.saveResource',
      title: 'Save the resource of the mock device',
      group: 'CoAP',
      place: 'coap',
      view: 'mock',
      shortcut: 'Mod+S',
      when: () => open !== undefined && problems === null,
      run: () => void save(),
    },
  ]);
  return (
    <form
      className={styles['editor']}
      aria-label={`Resource /${resource.path.replace(/^\//, '')}`}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <div className={styles['head']}>
        <TextField
          className={styles['pathField']}
          label="Path"
          mono
          value={draft.path}
          onChange={(path) => edit({ path })}
          error={problems?.path}
          maxLength={1000}
        />
        <TextField
          className={styles['pathField']}
          label="Description"
          value={draft.description}
          onChange={(description) => edit({ description })}
          placeholder="optional"
          maxLength={10_000}
        />
        <TextField
          className={styles['typeField']}
          label="Resource type"
          mono
          value={draft.resourceType}
          onChange={(resourceType) => edit({ resourceType })}
          placeholder="rt, for discovery"
          maxLength={200}
        />
        <span className={styles['headButtons']}>
          {open && (
            <Button variant="ghost" onClick={() => setDraft(device.id, resource.path, null)}>
              Discard
            </Button>
          )}
          <Button type="submit" variant="primary" busy={saving} disabled={!open || problems !== null}>
            Save
          </Button>
          <Menu
            align="end"
            trigger={<IconButton label="More of the resource" icon={<MoreHorizontal size={16} aria-hidden />} />}
            items={[{ label: 'Delete', danger: true, onSelect: () => void removeResource(device, resource) }]}
          />
        </span>
      </div>
      <Splitter
        id="mock-resource"
        orientation="vertical"
        panels={[
          {
            id: 'answer',
            minSize: 120,
            content: (
              <div className={styles['form']}>
                <div className={styles['states']}>
                  <div className={styles['field']} role="group" aria-label="First state">
                    <div className={styles['fieldHead']}>
                      <span className={styles['label']}>First state</span>
                      <span className={styles['note']}>{problems?.state ?? 'as JSON; a reset goes back to it'}</span>
                    </div>
                    <div className={styles['code']} data-invalid={problems?.state === undefined ? undefined : true}>
                      <CodeView label="First state" value={draft.state} language="json" gutter={false} onChange={(state) => edit({ state })} />
                    </div>
                  </div>
                  {live && <LiveState device={device} live={live} />}
                </div>
                <div className={styles['methods']}>
                  <SegmentedControl
                    size="small"
                    label="Method"
                    value={method}
                    onChange={(next) => setDevice(device.id, { method: next })}
                    segments={mockMethodNames.map((name) => ({ value: name, label: `${name}${draft.methods[name].on ? ' •' : ''}` }))}
                  />
                  <MethodAnswer key={method} method={method} draft={draft.methods[method]} problems={problems?.methods[method] ?? {}} onChange={editMethod} />
                </div>
              </div>
            ),
          },
          {
            id: 'try',
            defaultSize: '34%',
            minSize: 100,
            content: <TryRequest device={device} saved={resource} draft={draft} problems={problems} method={method} />,
          },
        ]}
      />
    </form>
  );
}
