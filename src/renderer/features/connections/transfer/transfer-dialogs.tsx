import type { ReactElement } from 'react';
import type { ConnectionProfileView } from '../../../../shared/contract/connections.ts';
import { ExportDialog } from './export-dialog.tsx';
import { ImportDialog } from './import-dialog.tsx';
import { closeTransfer, useTransferTask } from './transfer-model.ts';

/** The dialog that was asked for, over the place Connections. */
export function TransferDialogs({ profiles }: { readonly profiles: readonly ConnectionProfileView[] }): ReactElement | null {
  const task = useTransferTask();
  if (!task) return null;
  if (task.kind === 'export') return <ExportDialog profiles={profiles} ids={task.ids} onClose={closeTransfer} />;
  const folders = [...new Set(profiles.map(({ folder }) => folder))].filter((folder) => folder !== '');
  return <ImportDialog folders={folders} onClose={closeTransfer} />;
}
