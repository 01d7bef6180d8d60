import { randomBytes } from 'node:crypto';

/**
 * With this the workbench's own clients (demo device, calls, nodes) log in to its own broker: whatever its rules for others are, they may do everything.
 * The password is of this run alone.
 */
export const ownLogin = { username: 'workbench', password: randomBytes(24).toString('base64url') } as const;
