import type { Services } from './services.ts';

/** Users and rules of the current profile, in use from the start on; again when another profile is chosen, or its file is changed by hand. */
export async function followAccess(
  { broker, brokerChanged, workspace }: Pick<Services, 'broker' | 'brokerChanged' | 'workspace'>,
  onFailure: (error: unknown) => void,
): Promise<void> {
  const { brokerAccess, brokerProfiles } = workspace;
  let [settings, users] = [brokerAccess.settings(), brokerAccess.users()];
  const use = (): Promise<void> => broker.setAccess({ settings, users: [...users] });
  const follow = async (): Promise<void> => {
    await brokerAccess.refresh();
    if (brokerAccess.settings() === settings && brokerAccess.users() === users) return;
    [settings, users] = [brokerAccess.settings(), brokerAccess.users()];
    await use();
    brokerChanged.notify();
  };
  brokerProfiles.changed.subscribe(() => void follow().catch(onFailure));
  await use();
}
