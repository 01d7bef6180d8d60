import type { ReactElement } from 'react';
import { CoapUdpTab } from './coap-udp-tab.tsx';

export function CoapUdpPlace(): ReactElement {
  return (
    <>
      <h1 className="visually-hidden">CoAP over UDP</h1>
      <CoapUdpTab />
    </>
  );
}
