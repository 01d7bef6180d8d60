import type { Place } from './place.ts';
import { goToPlace } from './navigation.ts';
import { Logo } from './logo.tsx';
import styles from './rail.module.css';

/** The places of the workbench, at the left edge. */
export function Rail({ places, current }: { readonly places: readonly Place[]; readonly current: string | undefined }) {
  const start = places.filter((place) => place.side !== 'end');
  const end = places.filter((place) => place.side === 'end');
  return (
    <nav aria-label="Places" className={styles.rail} data-region="rail" tabIndex={-1}>
      <span className={styles.logo}>
        <Logo size={30} />
      </span>
      {start.map((place) => (
        <RailButton key={place.id} place={place} current={place.id === current} />
      ))}
      <span className={styles.gap} />
      {end.map((place) => (
        <RailButton key={place.id} place={place} current={place.id === current} />
      ))}
    </nav>
  );
}

function RailButton({ place, current }: { readonly place: Place; readonly current: boolean }) {
  const Icon = place.icon;
  return (
    <button type="button" className={styles.button} aria-current={current ? 'page' : undefined} onClick={() => goToPlace(place.id)}>
      <Icon size={20} aria-hidden />
      <span className={styles.label}>{place.title}</span>
    </button>
  );
}
