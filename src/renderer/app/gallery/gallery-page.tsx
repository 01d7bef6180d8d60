import { Bell, Inbox, Play, Plug, Settings, Trash2 } from 'lucide-react';
import { useState, type ReactElement, type ReactNode } from 'react';
import { Badge, StatusDot } from '../../ui/badge.tsx';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { Checkbox } from '../../ui/checkbox.tsx';
import { ColorMark, ColorPicker, type LabelColor } from '../../ui/color-picker.tsx';
import { confirm } from '../../ui/confirm-dialog.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Fold } from '../../ui/fold.tsx';
import { HexView } from '../../ui/hex-view.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { Kbd } from '../../ui/kbd.tsx';
import { KeyValueTable } from '../../ui/key-value-table.tsx';
import { ContextMenu, Menu, type MenuEntry } from '../../ui/menu.tsx';
import { NumberField } from '../../ui/number-field.tsx';
import { Popover } from '../../ui/popover.tsx';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import { Loading } from '../../ui/loading.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { SegmentedControl } from '../../ui/segmented-control.tsx';
import { Select } from '../../ui/select.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { Splitter } from '../../ui/splitter.tsx';
import { Switch } from '../../ui/switch.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { TextArea } from '../../ui/text-area.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { toasts } from '../../ui/toast.tsx';
import { PanelTitle, Toolbar, ToolbarSeparator } from '../../ui/toolbar.tsx';
import { Tooltip } from '../../ui/tooltip.tsx';
import { DataGrid, type DataColumn } from '../../ui/data-grid.tsx';
import { VirtualList } from '../../ui/virtual-list.tsx';
import { applyTheme, type Theme } from '../theme.ts';
import { GalleryCode } from './gallery-code.tsx';
import { GalleryTree } from './gallery-tree.tsx';
import styles from './gallery.module.css';

const manyRows = 100_000;
const entries: readonly MenuEntry[] = [
  { kind: 'heading', label: 'A heading' },
  { label: 'With an icon', icon: <Plug size={14} aria-hidden />, shortcut: 'Mod+K', onSelect: () => undefined },
  { label: 'Not now', disabled: true, onSelect: () => undefined },
  { kind: 'separator' },
  { label: 'Delete …', icon: <Trash2 size={14} aria-hidden />, danger: true, onSelect: () => undefined },
];
const opened = Date.now();
const getBytes = (offset: number, length: number): Uint8Array => Uint8Array.from({ length: Math.min(length, 4096 - offset) }, (_, at) => (offset + at) % 256);

/** Every part of the interface in its states, at `#/gallery`: for design work, and for the accessibility tests. */
export function GalleryPage(): ReactElement {
  const [theme, setTheme] = useState<Theme>('system');
  return (
    <div className={styles.page}>
      <header className={styles.header}>
        <h1 className={styles.title}>Gallery</h1>
        <SegmentedControl
          label="Theme of this page"
          value={theme}
          onChange={(next) => {
            setTheme(next);
            applyTheme(next);
          }}
          segments={[
            { value: 'system', label: 'System' },
            { value: 'light', label: 'Light' },
            { value: 'dark', label: 'Dark' },
            { value: 'contrast', label: 'High contrast' },
          ]}
        />
        <a className={styles.back} href="#/start">
          Back to the workbench
        </a>
      </header>
      <main className={styles.samples}>
        <Buttons />
        <Fields />
        <Choices />
        <Status />
        <Floating />
        <Structure />
        <Lists />
        <Sample title="Code" wide>
          <GalleryCode />
        </Sample>
      </main>
    </div>
  );
}

function Sample({ title, wide = false, children }: { readonly title: string; readonly wide?: boolean; readonly children: ReactNode }): ReactElement {
  return (
    <section className={styles.sample} data-wide={wide || undefined}>
      <h2 className={styles.sampleTitle}>{title}</h2>
      <div className={styles.content}>{children}</div>
    </section>
  );
}

function Buttons(): ReactElement {
  const [pressed, setPressed] = useState(true);
  return (
    <Sample title="Buttons">
      <div className={styles.line}>
        <Button variant="primary" icon={<Play size={14} aria-hidden />}>
          Primary
        </Button>
        <Button>Secondary</Button>
        <Button variant="ghost">Ghost</Button>
        <Button variant="danger">Danger</Button>
      </div>
      <div className={styles.line}>
        <Button size="large" variant="primary">
          Large
        </Button>
        <Button size="small">Small</Button>
        <Button disabled>Disabled</Button>
        <Button busy>Busy</Button>
        <IconButton label="Settings" icon={<Settings size={15} aria-hidden />} shortcut="Mod+," />
        <IconButton label="Notify" icon={<Bell size={15} aria-hidden />} pressed={pressed} onClick={() => setPressed(!pressed)} />
        <Kbd chord="Mod+Shift+K" />
      </div>
    </Sample>
  );
}

function Fields(): ReactElement {
  const [text, setText] = useState('sensors/room1');
  const [number, setNumber] = useState<number | null>(60);
  const [area, setArea] = useState('{ "on": true }');
  return (
    <Sample title="Fields">
      <TextField label="Topic" value={text} onChange={setText} mono clearable hint="Levels are separated by a slash." />
      <TextField label="Client id" value="räksmörgås" onChange={() => undefined} error="Use at most 23 letters and digits: this broker speaks MQTT 3.1." />
      <TextField label="Disabled" value="cannot be changed" onChange={() => undefined} disabled />
      <NumberField label="Keep-alive" unit="s" min={0} max={65_535} value={number} onChange={setNumber} />
      <TextArea label="Payload" mono value={area} onChange={setArea} />
    </Sample>
  );
}

function Choices(): ReactElement {
  const [on, setOn] = useState(true);
  const [checked, setChecked] = useState(true);
  const [version, setVersion] = useState<'3.1' | '3.1.1' | '5'>('5');
  const [qos, setQos] = useState<'0' | '1' | '2'>('1');
  const [color, setColor] = useState<LabelColor | null>('teal');
  return (
    <Sample title="Choices">
      <Switch label="Demo device" hint="Takes effect at once." checked={on} onChange={setOn} />
      <Checkbox label="Retain" checked={checked} onChange={setChecked} />
      <Checkbox label="Some of them" mixed checked={false} onChange={() => undefined} />
      <Checkbox label="Not available" disabled checked={false} onChange={() => undefined} />
      <ColorPicker label="Colour" value={color} onChange={setColor} />
      <span className={styles.line}>
        <ColorMark color={color} /> Marked with it
      </span>
      <Select
        label="MQTT version"
        value={version}
        onChange={setVersion}
        options={[
          { value: '3.1', label: '3.1', detail: 'For old devices' },
          { value: '3.1.1', label: '3.1.1' },
          { value: '5', label: '5', detail: 'With properties and reason codes' },
        ]}
      />
      <SegmentedControl
        label="Quality of service"
        value={qos}
        onChange={setQos}
        segments={[
          { value: '0', label: '0' },
          { value: '1', label: '1' },
          { value: '2', label: '2' },
        ]}
      />
    </Sample>
  );
}

function Status(): ReactElement {
  return (
    <Sample title="Status">
      <div className={styles.line}>
        {(['neutral', 'ok', 'warn', 'bad', 'info'] as const).map((tone) => (
          <Badge key={tone} tone={tone}>
            {tone}
          </Badge>
        ))}
        {(['ok', 'busy', 'off', 'warn', 'bad'] as const).map((tone) => (
          <StatusDot key={tone} tone={tone} label={tone} />
        ))}
        <Spinner label="Loading" />
        <Loading label="Loading a list" />
        <RelativeTime timeMs={opened} />
      </div>
      <Banner inset title="Something to know">
        With a sentence that says more.
      </Banner>
      <Banner inset kind="ok" title="It worked" />
      <Banner inset kind="warn" title="Look at this" onDismiss={() => undefined} />
      <Banner inset kind="bad" title="Port 1883 is taken" actions={<Button size="small">Start on port 1884 instead</Button>}>
        Another program listens there.
      </Banner>
      <ProgressBar label="Known progress" value={0.4} />
      <ProgressBar label="Unknown progress" value={null} />
    </Sample>
  );
}

function Floating(): ReactElement {
  const [open, setOpen] = useState(false);
  return (
    <Sample title="Floating">
      <div className={styles.line}>
        <Menu trigger={<Button>Menu</Button>} items={entries} />
        <Popover trigger={<Button>Pop-over</Button>} title="Details">
          <p>What there is to know.</p>
        </Popover>
        <Tooltip text="A tooltip repeats or adds to a name" shortcut="Mod+K">
          <Button>Tooltip</Button>
        </Tooltip>
        <Button onClick={() => setOpen(true)}>Dialog</Button>
        <Button onClick={() => void confirm({ title: 'Clear 12 retained values?', text: 'This cannot be undone.', action: 'Clear 12 values', danger: true })}>
          Question
        </Button>
        <Button onClick={() => toasts.show({ kind: 'ok', title: 'Saved', detail: 'The connection is in the workspace.' })}>Toast</Button>
        <Button onClick={() => toasts.show({ kind: 'bad', title: 'That did not work', detail: 'The broker refused: not authorised.' })}>Bad toast</Button>
      </div>
      <ContextMenu items={entries}>
        <div className={styles.contextArea}>Right-click here</div>
      </ContextMenu>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title="A dialog"
        description="With a sentence below its title."
        footer={<Button onClick={() => setOpen(false)}>Done</Button>}
      >
        <p>Its content.</p>
      </Dialog>
    </Sample>
  );
}

function Structure(): ReactElement {
  const [tab, setTab] = useState<'first' | 'second'>('first');
  const [unfolded, setUnfolded] = useState(true);
  return (
    <Sample title="Structure" wide>
      <Toolbar label="A toolbar" end={<Button size="small">At the end</Button>}>
        <PanelTitle>Panel title</PanelTitle>
        <ToolbarSeparator />
        <Badge>12</Badge>
      </Toolbar>
      <Tabs
        label="Tabs"
        value={tab}
        onChange={setTab}
        tabs={[
          { value: 'first', label: 'First', content: <p className={styles.tabText}>The first panel.</p> },
          { value: 'second', label: 'Second', badge: <Badge>3</Badge>, content: <p className={styles.tabText}>The second panel.</p> },
        ]}
      />
      <div className={styles.split}>
        <Splitter
          id="gallery"
          panels={[
            { id: 'left', minSize: 120, content: <p className={styles.tabText}>Drag the edge, or move it with the arrow keys.</p> },
            {
              id: 'right',
              minSize: 120,
              content: (
                <EmptyState
                  compact
                  icon={<Inbox size={18} aria-hidden />}
                  title="Nothing here yet"
                  text="What leads on stands here."
                  actions={<Button size="small">Lead on</Button>}
                />
              ),
            },
          ]}
        />
      </div>
      <div>
        <Fold title="Folded" summary="Off, 3 headers" open={false} onOpenChange={() => undefined}>
          Never seen
        </Fold>
        <Fold title="Unfolded" summary="What is set in it" marks={<Badge tone="warn">insecure</Badge>} open={unfolded} onOpenChange={setUnfolded}>
          The fields of a part of a form.
        </Fold>
      </div>
      <KeyValueTable
        label="Facts"
        rows={[
          { key: 'Topic', value: 'sensors/room1/temperature', mono: true },
          { key: 'Quality of service', value: '1 (at least once)' },
        ]}
      />
    </Sample>
  );
}

const gridColumns: readonly DataColumn<number, never>[] = [
  { id: 'name', title: 'Row', minPx: 90, grow: 1, render: (row) => `Row ${row + 1}` },
  { id: 'square', title: 'Square', minPx: 90, align: 'end', rank: 1, render: (row) => (row + 1) ** 2 },
];

function Lists(): ReactElement {
  const [selected, setSelected] = useState(2);
  return (
    <Sample title="Lists of any length" wide>
      <div className={styles.lists}>
        <div className={styles.listFrame}>
          <VirtualList
            label="A hundred thousand rows"
            count={manyRows}
            getRow={(index) => index}
            keyOf={(row) => row}
            renderRow={(row) => <span>Row {row + 1}</span>}
            isSelected={(row) => row === selected}
            onSelect={setSelected}
          />
        </div>
        <div className={styles.listFrame}>
          <VirtualList
            label="No rows"
            count={0}
            getRow={() => undefined}
            keyOf={String}
            renderRow={() => null}
            empty={<EmptyState compact title="No rows" />}
          />
        </div>
        <div className={styles.listFrame}>
          <DataGrid
            label="A grid of a hundred thousand rows"
            columns={gridColumns}
            count={manyRows}
            getRow={(index) => index}
            keyOf={(row) => row}
            isSelected={(row) => row === selected}
            onSelect={setSelected}
          />
        </div>
        <div className={styles.listFrame}>
          <GalleryTree />
        </div>
        <div className={styles.listFrame}>
          <HexView label="Bytes" totalBytes={4096} getBytes={getBytes} />
        </div>
      </div>
    </Sample>
  );
}
