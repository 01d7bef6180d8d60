import { encodePublishPayload } from '../../../shared/payload/publish-payload.ts';
import { validateTopicName } from '../../../shared/mqtt/topic-name.ts';
import { engineClient } from '../../data/index.ts';
import { createPublishStore, type PublishRules, type PublishStore } from './publish-store.ts';

const rules: PublishRules = {
  checkTopic: (topic) => {
    const problem = validateTopicName(topic);
    return problem ? `${problem.message} ${problem.advice}` : undefined;
  },
  encode: encodePublishPayload,
};

let store: PublishStore | undefined;

/** The page's one publish draft. */
export function publishStore(): PublishStore {
  store ??= createPublishStore(engineClient(), rules);
  return store;
}
