import { showError } from '../../app/show-error.ts';

/** Does something in the background; a failure is told under a title of its own. Answers whether it worked. */
export async function act(work: Promise<unknown>, failed: string): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    showError(error, failed);
    return false;
  }
}
