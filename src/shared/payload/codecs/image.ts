import type { Codec, Decoded } from '../codec.ts';
import { PayloadFailure } from '../value/payload-failure.ts';

type Image = Omit<Extract<Decoded, { readonly kind: 'image' }>, 'kind' | 'bytes'>;

/** Pictures that every browser shows, told by their first bytes. */
export const imageCodec: Codec = {
  name: 'image',
  title: 'Image',
  help: 'PNG, JPEG, GIF, WebP, BMP or AVIF, told by the first bytes.',
  params: [],
  decode(bytes) {
    const image = recogniseImage(bytes);
    if (!image) throw new PayloadFailure('the first bytes are of no known image format (PNG, JPEG, GIF, WebP, BMP, AVIF)', 0);
    return { decoded: { kind: 'image', ...image, bytes } };
  },
  encode: () => {
    throw new PayloadFailure('a picture cannot be written as text: choose a file');
  },
};

/** By the signatures of the formats; sizes in pixels where they stand at a fixed place. `null`: no image. */
export function recogniseImage(bytes: Uint8Array): Image | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const has = (at: number, text: string): boolean =>
    bytes.length >= at + text.length && Array.from(text).every((character, index) => bytes[at + index] === character.charCodeAt(0));
  if (has(0, '\x89PNG\r\n\x1a\n')) {
    return bytes.length >= 24 ? { mediaType: 'image/png', width: view.getUint32(16), height: view.getUint32(20) } : { mediaType: 'image/png', ...unknownSize };
  }
  if (bytes.length >= 4 && bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return { mediaType: 'image/jpeg', ...jpegSize(bytes, view) };
  if ((has(0, 'GIF87a') || has(0, 'GIF89a')) && bytes.length >= 10)
    return { mediaType: 'image/gif', width: view.getUint16(6, true), height: view.getUint16(8, true) };
  if (has(0, 'RIFF') && has(8, 'WEBP')) return { mediaType: 'image/webp', ...unknownSize };
  if (has(4, 'ftypavif')) return { mediaType: 'image/avif', ...unknownSize };
  // Two letters are little: the size that stands behind them has to be right as well.
  if (has(0, 'BM') && bytes.length >= 26 && view.getUint32(2, true) === bytes.length)
    return { mediaType: 'image/bmp', width: Math.abs(view.getInt32(18, true)), height: Math.abs(view.getInt32(22, true)) };
  return null;
}

const unknownSize = { width: null, height: null } as const;

/** In the first frame header (SOF0 to SOF15, without DHT, JPG and DAC). */
function jpegSize(bytes: Uint8Array, view: DataView): Pick<Image, 'width' | 'height'> {
  let at = 2;
  while (at + 9 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1] as number;
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc)
      return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    at += 2 + Math.max(view.getUint16(at + 2), 2);
  }
  return unknownSize;
}
