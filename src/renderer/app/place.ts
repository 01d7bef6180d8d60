import type { ComponentType } from 'react';

/** An icon that draws with the current text colour; those of lucide-react fit. */
type IconComponent = ComponentType<{ readonly size?: number | string; readonly 'aria-hidden'?: boolean | 'true' | 'false' }>;

/** A main screen, reached from the left rail. */
export interface Place {
  /** Also its address: `#/<id>`. */
  readonly id: string;
  readonly title: string;
  readonly icon: IconComponent;
  /** From the top; places of the same side are sorted by it. */
  readonly order: number;
  /** `end` puts it at the foot of the rail. */
  readonly side?: 'start' | 'end';
  readonly component: ComponentType;
  /** Default key chord of the command that opens it. */
  readonly shortcut?: string;
}

/** Something small at the bottom of the window, always visible. */
export interface StripItem {
  readonly id: string;
  readonly side: 'start' | 'end';
  readonly order: number;
  readonly component: ComponentType;
}

/** Something that has to be there whatever place is shown, such as commands or a banner; most draw nothing. */
export interface Service {
  readonly id: string;
  readonly component: ComponentType;
}
