import { contextBridge, ipcRenderer } from 'electron';
import { toMain, toPage } from '../../shared/host/channels.ts';
import { preloadApiName, type EngineHealth, type PortMessage, type PreloadApi } from '../../shared/host/preload-api.ts';

const commandListeners = new Set<(commandId: string) => void>();
const healthListeners = new Set<(health: EngineHealth) => void>();
let health: EngineHealth = 'starting';

ipcRenderer.on(toPage.command, (_event, commandId: string) => {
  for (const listener of commandListeners) listener(commandId);
});

ipcRenderer.on(toPage.engineHealth, (_event, next: EngineHealth) => {
  health = next;
  for (const listener of healthListeners) listener(next);
});

ipcRenderer.on(toPage.port, (event, nonce: string) => {
  const message: PortMessage = { type: 'workbench-port', nonce };
  window.postMessage(message, window.location.origin, event.ports);
});

function listen<T>(listeners: Set<(value: T) => void>, listener: (value: T) => void): () => void {
  // Each registration is its own entry, whatever function the bridge hands over for it.
  const entry = (value: T): void => listener(value);
  listeners.add(entry);
  return () => void listeners.delete(entry);
}

const api: PreloadApi = {
  platform: process.platform as PreloadApi['platform'],
  requestPort: (nonce) => ipcRenderer.send(toMain.requestPort, nonce),
  setMenu: (commands) => ipcRenderer.send(toMain.setMenu, commands),
  onCommand: (listener) => listen(commandListeners, listener),
  onEngineHealth: (listener) => {
    listener(health);
    return listen(healthListeners, listener);
  },
  restartEngine: () => ipcRenderer.send(toMain.restartEngine),
};

contextBridge.exposeInMainWorld(preloadApiName, api);
