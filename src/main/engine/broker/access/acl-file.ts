import { readFile, stat } from 'node:fs/promises';
import { readDistmqttAcl } from '../../../../shared/broker/access/import-distmqtt-acl.ts';
import { readMosquittoAcl } from '../../../../shared/broker/access/import-mosquitto-acl.ts';
import { accessSettingsSchema, openAccess, type AccessSettings } from '../../../../shared/contract/broker-access.ts';

/** Far larger than what so many rules need. */
const largestFile = 4 * 1_048_576;
const findingsShown = 20;

/**
 * The rules of an ACL file: of distmqtt where it is called `.yaml` or `.yml`, of mosquitto otherwise; what they do not allow is forbidden. Throws an error
 * with every line that cannot be used: a broker with a part of its rules would be open where it is meant to be closed.
 */
export async function readAclFile(file: string): Promise<AccessSettings> {
  let text: string;
  try {
    const { size } = await stat(file);
    if (size > largestFile) throw new Error(`it has ${size} bytes, and may have ${largestFile}`);
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new Error(`The ACL file ${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
  const { rules, findings } = /\.ya?ml$/i.test(file) ? readDistmqttAcl(text) : readMosquittoAcl(text);
  if (findings.length > 0) {
    const lines = findings.slice(0, findingsShown).map(({ line, message }) => `  line ${line}: ${message}`);
    const more = findings.length > findingsShown ? `\n  and ${findings.length - findingsShown} more` : '';
    throw new Error(`The ACL file ${file} cannot be used:\n${lines.join('\n')}${more}`);
  }
  const checked = accessSettingsSchema.safeParse({ ...openAccess, rules: [...rules], otherwise: 'deny' });
  if (!checked.success) throw new Error(`The ACL file ${file} cannot be used: ${checked.error.issues[0]?.message ?? 'it has too many rules'}`);
  return checked.data;
}
