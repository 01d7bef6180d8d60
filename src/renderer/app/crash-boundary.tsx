import { CircleAlert, Copy, RotateCw } from 'lucide-react';
import { Component, type ErrorInfo, type ReactNode } from 'react';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { toasts } from '../ui/toast.tsx';
import styles from './crash-boundary.module.css';

interface Props {
  /** What is inside, at the start of a sentence: `Topics`. */
  readonly what: string;
  /** Another value clears the failure. */
  readonly resetKey: string;
  /** Shows nothing in its place instead of a message: for small things of which the rest can do without. */
  readonly quiet?: boolean;
  readonly children: ReactNode;
}

interface State {
  readonly error: Error | undefined;
  readonly where: string;
  readonly resetKey: string;
}

/** Keeps a failure to the part it happened in: says what broke, offers to load it again, and lets the user copy the details. */
export class CrashBoundary extends Component<Props, State> {
  override state: State = { error: undefined, where: '', resetKey: this.props.resetKey };

  static getDerivedStateFromError(error: unknown): Partial<State> {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  static getDerivedStateFromProps(props: Props, state: State): Partial<State> | null {
    return props.resetKey === state.resetKey ? null : { error: undefined, where: '', resetKey: props.resetKey };
  }

  override componentDidCatch(_error: unknown, info: ErrorInfo): void {
    this.setState({ where: info.componentStack ?? '' });
  }

  override render(): ReactNode {
    const { error, where } = this.state;
    if (!error) return this.props.children;
    if (this.props.quiet) return null;
    return (
      <div className={styles.failed} role="alert">
        <EmptyState
          icon={<CircleAlert size={26} aria-hidden />}
          title={`${this.props.what} could not be shown`}
          text="This part of the page failed. Connections, the broker and everything else go on."
          actions={
            <>
              <Button variant="primary" icon={<RotateCw size={14} aria-hidden />} onClick={() => this.setState({ error: undefined, where: '' })}>
                Reload this part
              </Button>
              <Button icon={<Copy size={14} aria-hidden />} onClick={() => void copyDetails(error, where)}>
                Copy details
              </Button>
            </>
          }
        >
          <pre className={styles.message}>{error.message || error.name}</pre>
        </EmptyState>
      </div>
    );
  }
}

async function copyDetails(error: Error, where: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(`${error.stack ?? error.message}\n${where}`);
    toasts.show({ kind: 'ok', title: 'Details copied' });
  } catch {
    toasts.show({ kind: 'warn', title: 'The details could not be copied', detail: error.stack ?? error.message });
  }
}
