import type { Link } from '../data/index.ts';

export interface LinkTrouble {
  readonly kind: 'warn' | 'bad';
  readonly title: string;
  readonly text: string;
  /** The way out that is offered. */
  readonly action: 'try-now' | 'restart' | 'reload' | 'wait';
}

const afterRestart = 'The local broker and the connections end with it and stay stopped until you start them again.';

/** What is wrong between page and engine, in plain words; `undefined` when nothing is. */
export function linkTrouble(link: Pick<Link, 'state' | 'health' | 'reason' | 'everOpen'>, desktop: boolean): LinkTrouble | undefined {
  const { state, health, reason, everOpen } = link;
  if (state === 'closed') {
    return reason === 'version mismatch'
      ? { kind: 'bad', title: 'The workbench was updated', text: 'This page is of an older version than the engine. Reload it to go on.', action: 'reload' }
      : { kind: 'bad', title: 'The page is no longer connected', text: 'Reload it to connect again.', action: 'reload' };
  }
  switch (health) {
    case 'failed':
      return {
        kind: 'bad',
        title: 'The engine keeps stopping',
        text: `It was started several times and ended each time. ${afterRestart}`,
        action: 'restart',
      };
    case 'not-responding':
      return {
        kind: 'warn',
        title: 'The engine does not answer',
        text: `It may be busy with something long. If it does not come back, start it again. ${afterRestart}`,
        action: 'restart',
      };
    case 'restarting':
      return {
        kind: 'warn',
        title: 'The engine stopped and is being started again',
        text: `What is shown is from before. Operations under way were cancelled. ${afterRestart}`,
        action: 'wait',
      };
    default:
  }
  if (state === 'open') return undefined;
  if (desktop) {
    return everOpen
      ? { kind: 'warn', title: 'The connection to the engine was lost', text: 'What is shown is from before. Trying to connect again …', action: 'try-now' }
      : { kind: 'warn', title: 'The engine has not answered yet', text: 'Trying again …', action: 'try-now' };
  }
  return {
    kind: 'warn',
    title: everOpen ? 'The connection to the workbench was lost' : 'The workbench cannot be reached',
    text: `${everOpen ? 'What is shown is from before. ' : ''}Trying to connect again … If it was stopped, start it and open the address it prints.`,
    action: 'try-now',
  };
}
