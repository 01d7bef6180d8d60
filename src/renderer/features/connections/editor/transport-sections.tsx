import type { ReactElement } from 'react';
import { Select } from '../../../ui/select.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import { usesWebSocket } from '../draft/tls-words.ts';
import { PairList } from './pair-list.tsx';
import { SecretField } from './secret-field.tsx';
import { changeIn, type SectionProps } from './section-props.ts';
import styles from './editor.module.css';

/** What the opening handshake of a WebSocket says (RFC 6455 §4.1). */
export function WebSocketSection({ draft, problems, onChange }: SectionProps): ReactElement {
  const set = changeIn(onChange, 'webSocket');
  return (
    <div className={styles.fields}>
      {!usesWebSocket(draft.uri) && <p className={styles.note}>The address has no WebSocket: nothing of this is used until it begins with ws:// or wss://.</p>}
      <TextField
        label="Subprotocol"
        mono
        value={draft.webSocket.subprotocol}
        onChange={(subprotocol) => set({ subprotocol })}
        error={problems['webSocket.subprotocol']}
        placeholder={draft.version === '3.1' ? 'mqttv3.1' : 'mqtt'}
        hint="Some brokers want mqttv3.1; several with commas between them"
      />
      <PairList
        label="Extra headers"
        one="header"
        pairs={draft.webSocket.headers}
        onChange={(headers) => set({ headers })}
        problems={problems}
        path="webSocket.headers"
        max={100}
        hint="They are kept in the file of the connection, readable: for tokens take the password."
      />
    </div>
  );
}

/** Through whom the connection goes. */
export function ProxySection(form: SectionProps): ReactElement {
  const { draft, problems, onChange } = form;
  const { proxy } = draft;
  const set = changeIn(onChange, 'proxy');
  return (
    <div className={styles.fields}>
      <Select
        label="Proxy"
        value={proxy.kind}
        onChange={(kind) => set({ kind, ...(proxy.port === '' && kind !== 'none' ? { port: kind === 'http' ? '8080' : '1080' } : {}) })}
        options={[
          { value: 'none', label: 'None' },
          { value: 'http', label: 'HTTP (CONNECT)' },
          { value: 'socks5', label: 'SOCKS 5' },
        ]}
        hint={proxy.kind === 'socks5' ? 'The proxy looks the name of the broker up.' : undefined}
      />
      {proxy.kind !== 'none' && (
        <>
          <div className={styles.split}>
            <TextField
              label="Host of the proxy"
              mono
              value={proxy.host}
              onChange={(host) => set({ host })}
              error={problems['proxy.host']}
              placeholder="proxy.example"
            />
            <TextField label="Port of the proxy" mono value={proxy.port} onChange={(port) => set({ port })} error={problems['proxy.port']} maxLength={5} />
          </div>
          <div className={styles.row}>
            <TextField label="User of the proxy" value={proxy.username} onChange={(username) => set({ username })} error={problems['proxy.username']} />
            <SecretField {...form} name="proxyPassword" label="Password of the proxy" />
          </div>
        </>
      )}
    </div>
  );
}
