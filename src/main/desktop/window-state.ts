export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

type ThemeSource = 'system' | 'light' | 'dark';

/** What is remembered of the window between two runs. */
export interface WindowState {
  readonly bounds: Rectangle | null;
  readonly maximized: boolean;
  readonly fullScreen: boolean;
  /** For the window's colour before its page has painted. */
  readonly theme: ThemeSource;
}

export const minimumSize = { width: 800, height: 560 } as const;
const preferredSize = { width: 1440, height: 900 } as const;
export const firstWindowState: WindowState = { bounds: null, maximized: false, fullScreen: false, theme: 'system' };

/** Reads a remembered state; anything that makes no sense is replaced by its default. */
export function parseWindowState(text: string): WindowState {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return firstWindowState;
  }
  if (typeof value !== 'object' || value === null) return firstWindowState;
  const { bounds, maximized, fullScreen, theme } = value as Partial<Record<keyof WindowState, unknown>>;
  return {
    bounds: isRectangle(bounds) ? { x: bounds.x, y: bounds.y, width: bounds.width, height: bounds.height } : null,
    maximized: maximized === true,
    fullScreen: fullScreen === true,
    theme: theme === 'light' || theme === 'dark' ? theme : 'system',
  };
}

function isRectangle(value: unknown): value is Rectangle {
  if (typeof value !== 'object' || value === null) return false;
  const { x, y, width, height } = value as Partial<Record<keyof Rectangle, unknown>>;
  return [x, y, width, height].every((side) => Number.isSafeInteger(side)) && (width as number) > 0 && (height as number) > 0;
}

/**
 * Where to open the window: as remembered when enough of it would be on a screen that still exists, else centred on the
 * first screen. Never larger than the screen. `workAreas`: the usable parts of the screens, the main one first.
 */
export function placeWindow(remembered: Rectangle | null, workAreas: readonly Rectangle[]): Rectangle {
  const main = workAreas[0] ?? { x: 0, y: 0, ...preferredSize };
  const area = remembered ? workAreas.find((candidate) => isReachable(remembered, candidate)) : undefined;
  if (!remembered || !area) {
    const width = Math.min(preferredSize.width, main.width);
    const height = Math.min(preferredSize.height, main.height);
    return { x: main.x + Math.floor((main.width - width) / 2), y: main.y + Math.floor((main.height - height) / 2), width, height };
  }
  const width = Math.min(Math.max(remembered.width, minimumSize.width), area.width);
  const height = Math.min(Math.max(remembered.height, minimumSize.height), area.height);
  return { x: remembered.x, y: remembered.y, width, height };
}

/** The top edge, by which a window is dragged, is on the screen and wide enough to grab. */
function isReachable(window: Rectangle, area: Rectangle): boolean {
  const visibleWidth = Math.min(window.x + window.width, area.x + area.width) - Math.max(window.x, area.x);
  return visibleWidth >= 120 && window.y >= area.y && window.y <= area.y + area.height - 40;
}
