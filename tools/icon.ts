// Draws the app's icon from one list of shapes: assets/icon.svg for pages and documents, assets/icon.png for the packages.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { projectFolder } from './project.ts';

type Color = readonly [red: number, green: number, blue: number];
type Shape =
  | { readonly kind: 'disc'; readonly x: number; readonly y: number; readonly radius: number; readonly color: Color }
  | {
      readonly kind: 'line';
      readonly x1: number;
      readonly y1: number;
      readonly x2: number;
      readonly y2: number;
      readonly width: number;
      readonly color: Color;
    };

const size = 1024;
const plate = { margin: 64, corner: 200, top: [22, 52, 86] as Color, bottom: [12, 118, 122] as Color };
const white: Color = [240, 248, 250];
const mint: Color = [126, 224, 204];
const amber: Color = [255, 183, 77];
const center = { x: 512, y: 580 };
const clients = [-90, 30, 150].map((degrees) => ({
  x: Math.round(center.x + 300 * Math.cos((degrees * Math.PI) / 180)),
  y: Math.round(center.y + 300 * Math.sin((degrees * Math.PI) / 180)),
}));

/** A broker with three clients, and a message under way to one of them. Painted in this order. */
const shapes: readonly Shape[] = [
  ...clients.map(({ x, y }) => ({ kind: 'line', x1: center.x, y1: center.y, x2: x, y2: y, width: 36, color: mint }) as const),
  ...clients.map(({ x, y }) => ({ kind: 'disc', x, y, radius: 84, color: mint }) as const),
  { kind: 'disc', ...center, radius: 128, color: white },
  { kind: 'disc', ...center, radius: 62, color: [16, 88, 106] },
  ...clients
    .slice(1, 2)
    .map(
      ({ x, y }) =>
        ({ kind: 'disc', x: Math.round(center.x + 0.58 * (x - center.x)), y: Math.round(center.y + 0.58 * (y - center.y)), radius: 42, color: amber }) as const,
    ),
];

writeFileSync(path.join(projectFolder, 'assets', 'icon.svg'), svg());
writeFileSync(path.join(projectFolder, 'assets', 'icon.png'), png());

function svg(): string {
  const side = size - 2 * plate.margin;
  const drawn = shapes.map((shape) =>
    shape.kind === 'disc'
      ? `  <circle cx="${shape.x}" cy="${shape.y}" r="${shape.radius}" fill="${css(shape.color)}"/>`
      : `  <line x1="${shape.x1}" y1="${shape.y1}" x2="${shape.x2}" y2="${shape.y2}" stroke="${css(shape.color)}" stroke-width="${shape.width}" stroke-linecap="round"/>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}">`,
    `  <defs><linearGradient id="plate" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${css(plate.top)}"/><stop offset="1" stop-color="${css(plate.bottom)}"/></linearGradient></defs>`,
    `  <rect x="${plate.margin}" y="${plate.margin}" width="${side}" height="${side}" rx="${plate.corner}" fill="url(#plate)"/>`,
    ...drawn,
    '</svg>',
    '',
  ].join('\n');
}

function css(color: Color): string {
  return `#${color.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

/** How far a point is outside a shape, in pixels; negative inside. Half a pixel around zero is the smooth edge. */
function distance(shape: Shape, x: number, y: number): number {
  if (shape.kind === 'disc') return Math.hypot(x - shape.x, y - shape.y) - shape.radius;
  const [dx, dy] = [shape.x2 - shape.x1, shape.y2 - shape.y1];
  const along = Math.min(1, Math.max(0, ((x - shape.x1) * dx + (y - shape.y1) * dy) / (dx * dx + dy * dy)));
  return Math.hypot(x - shape.x1 - along * dx, y - shape.y1 - along * dy) - shape.width / 2;
}

function plateDistance(x: number, y: number): number {
  const half = size / 2 - plate.margin - plate.corner;
  const dx = Math.abs(x - size / 2) - half;
  const dy = Math.abs(y - size / 2) - half;
  return Math.hypot(Math.max(dx, 0), Math.max(dy, 0)) + Math.min(Math.max(dx, dy), 0) - plate.corner;
}

function coverage(outside: number): number {
  return Math.min(1, Math.max(0, 0.5 - outside));
}

function blend(under: Color, over: Color, share: number): Color {
  const mix = (a: number, b: number): number => a + (b - a) * share;
  return [mix(under[0], over[0]), mix(under[1], over[1]), mix(under[2], over[2])];
}

function png(): Buffer {
  const stride = 1 + size * 4;
  const raw = Buffer.alloc(size * stride);
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      const [x, y] = [column + 0.5, row + 0.5];
      let color = blend(plate.top, plate.bottom, Math.min(1, Math.max(0, (y - plate.margin) / (size - 2 * plate.margin))));
      for (const shape of shapes) color = blend(color, shape.color, coverage(distance(shape, x, y)));
      raw.set([...color.map(Math.round), Math.round(255 * coverage(plateDistance(x, y)))], row * stride + 1 + column * 4);
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 6, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(raw, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}
