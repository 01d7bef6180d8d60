import { authClauses } from './auth.ts';
import type { Clause } from './clause.ts';
import { connectClauses } from './connect.ts';
import { keepAliveClauses } from './keep-alive.ts';
import { limitClauses } from './limits.ts';
import { malformedClauses } from './malformed.ts';
import { propertyClauses } from './properties.ts';
import { qosClauses } from './qos.ts';
import { retainedClauses } from './retained.ts';
import { sessionClauses } from './session.ts';
import { sharedClauses } from './shared.ts';
import { subscribeClauses } from './subscribe.ts';
import { versionClauses } from './versions.ts';
import { willClauses } from './will.ts';

export const chapters: Readonly<Record<string, readonly Clause[]>> = {
  connect: connectClauses,
  malformed: malformedClauses,
  authentication: authClauses,
  'keep alive': keepAliveClauses,
  session: sessionClauses,
  will: willClauses,
  qos: qosClauses,
  retained: retainedClauses,
  subscribe: subscribeClauses,
  'shared subscriptions': sharedClauses,
  properties: propertyClauses,
  limits: limitClauses,
  'mixed versions': versionClauses,
};
