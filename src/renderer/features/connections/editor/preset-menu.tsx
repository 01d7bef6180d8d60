import { ChevronDown } from 'lucide-react';
import type { ReactElement } from 'react';
import { connectionPresets, type ConnectionPreset } from '../../../../shared/connections/presets.ts';
import { newProfile } from '../../../../shared/connections/new-profile.ts';
import { Button } from '../../../ui/button.tsx';
import { Menu } from '../../../ui/menu.tsx';
import { draftOf, type DraftChange } from '../draft/profile-draft.ts';

/** Sets a new connection up as the client of another system; where it goes and who it is stay as they are written. */
export function PresetMenu({ onChange }: { readonly onChange: (change: DraftChange) => void }): ReactElement {
  const apply = ({ settings, notes }: ConnectionPreset): void =>
    onChange(({ id, name, folder, color, favourite, connectAtStart, uri, username, secrets }) => ({
      ...draftOf(newProfile(id, { ...settings, notes })),
      ...{ name, folder, color, favourite, connectAtStart, uri, username, secrets },
    }));
  return (
    <Menu
      align="end"
      trigger={
        <Button size="small">
          Connect as … <ChevronDown size={13} aria-hidden />
        </Button>
      }
      items={connectionPresets.map((preset) => ({ label: preset.title, onSelect: () => apply(preset) }))}
    />
  );
}
