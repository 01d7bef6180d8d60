export interface ContentFormat {
  readonly id: number;
  /** Media type with its parameters; the content coding behind `, `. */
  readonly name: string;
}

/** Of the registry "CoAP Content-Formats" (RFC 7252 §12.3) those that devices use. Any other number can be sent as well. */
export const contentFormats: readonly ContentFormat[] = [
  { id: 0, name: 'text/plain; charset=utf-8' },
  { id: 16, name: 'application/cose; cose-type="cose-encrypt0"' },
  { id: 17, name: 'application/cose; cose-type="cose-mac0"' },
  { id: 18, name: 'application/cose; cose-type="cose-sign1"' },
  { id: 19, name: 'application/ace+cbor' },
  { id: 21, name: 'image/gif' },
  { id: 22, name: 'image/jpeg' },
  { id: 23, name: 'image/png' },
  { id: 40, name: 'application/link-format' },
  { id: 41, name: 'application/xml' },
  { id: 42, name: 'application/octet-stream' },
  { id: 47, name: 'application/exi' },
  { id: 50, name: 'application/json' },
  { id: 51, name: 'application/json-patch+json' },
  { id: 52, name: 'application/merge-patch+json' },
  { id: 60, name: 'application/cbor' },
  { id: 61, name: 'application/cwt' },
  { id: 62, name: 'application/multipart-core' },
  { id: 63, name: 'application/cbor-seq' },
  { id: 64, name: 'application/edhoc+cbor-seq' },
  { id: 65, name: 'application/cid-edhoc+cbor-seq' },
  { id: 96, name: 'application/cose; cose-type="cose-encrypt"' },
  { id: 97, name: 'application/cose; cose-type="cose-mac"' },
  { id: 98, name: 'application/cose; cose-type="cose-sign"' },
  { id: 101, name: 'application/cose-key' },
  { id: 102, name: 'application/cose-key-set' },
  { id: 110, name: 'application/senml+json' },
  { id: 111, name: 'application/sensml+json' },
  { id: 112, name: 'application/senml+cbor' },
  { id: 113, name: 'application/sensml+cbor' },
  { id: 114, name: 'application/senml-exi' },
  { id: 115, name: 'application/sensml-exi' },
  { id: 140, name: 'application/yang-data+cbor; id=sid' },
  { id: 256, name: 'application/coap-group+json' },
  { id: 257, name: 'application/concise-problem-details+cbor' },
  { id: 271, name: 'application/dots+cbor' },
  { id: 272, name: 'application/missing-blocks+cbor-seq' },
  { id: 280, name: 'application/pkcs7-mime; smime-type=server-generated-key' },
  { id: 281, name: 'application/pkcs7-mime; smime-type=certs-only' },
  { id: 284, name: 'application/pkcs8' },
  { id: 285, name: 'application/csrattrs' },
  { id: 286, name: 'application/pkcs10' },
  { id: 287, name: 'application/pkix-cert' },
  { id: 310, name: 'application/senml+xml' },
  { id: 311, name: 'application/sensml+xml' },
  { id: 320, name: 'application/senml-etch+json' },
  { id: 322, name: 'application/senml-etch+cbor' },
  { id: 340, name: 'application/yang-data+cbor' },
  { id: 341, name: 'application/yang-data+cbor; id=name' },
  { id: 432, name: 'application/td+json' },
  { id: 433, name: 'application/tm+json' },
  { id: 836, name: 'application/voucher+cose' },
  { id: 10_000, name: 'application/vnd.ocf+cbor' },
  { id: 10_001, name: 'application/oscore' },
  { id: 10_002, name: 'application/javascript' },
  { id: 11_050, name: 'application/json, deflate' },
  { id: 11_060, name: 'application/cbor, deflate' },
  { id: 11_542, name: 'application/vnd.oma.lwm2m+tlv' },
  { id: 11_543, name: 'application/vnd.oma.lwm2m+json' },
  { id: 11_544, name: 'application/vnd.oma.lwm2m+cbor' },
  { id: 20_000, name: 'text/css' },
  { id: 30_000, name: 'image/svg+xml' },
];

const byId = new Map(contentFormats.map(({ id, name }) => [id, name]));

/** `undefined`: not in the list. */
export function contentFormatName(id: number): string | undefined {
  return byId.get(id);
}

/** How a payload is to be shown: text and JSON can be read as they are. */
export function contentKind(id: number | undefined): 'text' | 'json' | 'cbor' | 'link-format' | 'binary' | 'unknown' {
  const name = id === undefined ? undefined : byId.get(id);
  if (name === undefined) return 'unknown';
  if (name.includes(', ')) return 'binary';
  const [type = ''] = name.split(';');
  if (type === 'application/link-format') return 'link-format';
  if (type.endsWith('json')) return 'json';
  if (type.endsWith('cbor')) return 'cbor';
  return type.startsWith('text/') || type.endsWith('xml') || type.endsWith('javascript') ? 'text' : 'binary';
}
