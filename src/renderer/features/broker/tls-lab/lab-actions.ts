import type { LabCertificate, LabExportForm, LabView } from '../../../../shared/contract/tls-lab.ts';
import type { Settings } from '../../../../shared/contract/workspace.ts';
import { engineClient, useStreamValue } from '../../../data/index.ts';
import { confirm } from '../../../ui/confirm-dialog.tsx';
import { act, newId, plural, saveFile } from '../../common/index.ts';
import { formOf, simpleListeners } from '../listeners/listener-form.ts';
import { labListener } from './lab-words.ts';

export const useTlsLab = (): LabView | undefined => useStreamValue('tlsLab.watch', undefined);

/** Makes what is missing of the lab, and a listener with its server certificate. */
export async function addLabListener(settings: Settings['broker']): Promise<void> {
  const add = async (): Promise<void> => {
    const { id } = await engineClient().call('tlsLab.prepare', undefined);
    const { listeners } = settings;
    const added = labListener(newId(), id, [...simpleListeners(formOf(settings)), ...listeners]);
    await engineClient().call('workspace.updateSettings', { broker: { listeners: [...listeners, added] } });
  };
  await act(add(), 'The TLS listener could not be added');
}

export async function saveLabFile({ id }: LabCertificate, form: LabExportForm, passphrase = ''): Promise<boolean> {
  const save = async (): Promise<void> => {
    const { fileName, content } = await engineClient().call('tlsLab.export', { id, form, passphrase });
    saveFile([content], fileName);
  };
  return act(save(), 'The file could not be made');
}

export function renewLabCertificate({ id }: LabCertificate): void {
  void act(engineClient().call('tlsLab.renew', { id }), 'The certificate could not be renewed');
}

export async function deleteLabCertificate({ id, name }: LabCertificate, isUsed: boolean): Promise<void> {
  const text = isUsed ? 'A listener uses it: the broker will not start until another certificate is chosen there.' : 'Its key is deleted as well.';
  if (!(await confirm({ title: `Delete the certificate “${name}”?`, text, action: 'Delete', danger: true }))) return;
  await act(engineClient().call('tlsLab.remove', { id }), 'The certificate could not be deleted');
}

export async function deleteLab(certificates: number): Promise<void> {
  const text = `The authority’s key and ${plural(certificates, 'certificate')} are deleted. Devices that trust this authority have to be given the next one.`;
  if (!(await confirm({ title: 'Delete the TLS lab?', text, action: 'Delete the lab', danger: true }))) return;
  await act(engineClient().call('tlsLab.clear', undefined), 'The lab could not be deleted');
}
