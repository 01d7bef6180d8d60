/** Channel names between preload and main process. `toMain` is what a page may cause; `toPage` is what it may hear. */
export const toMain = {
  requestPort: 'workbench:request-port',
  setMenu: 'workbench:set-menu',
  restartEngine: 'workbench:restart-engine',
} as const;

export const toPage = {
  port: 'workbench:port',
  command: 'workbench:command',
  engineHealth: 'workbench:engine-health',
} as const;

export type ToMainChannel = (typeof toMain)[keyof typeof toMain];
