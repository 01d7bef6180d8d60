import { Spinner } from './spinner.tsx';
import styles from './loading.module.css';

/** In place of what is on its way: it fills the room that will be taken. */
export function Loading({ label }: { readonly label: string }) {
  return (
    <div className={styles['loading']}>
      <Spinner label={label} />
    </div>
  );
}
