export { CoapCommands } from './coap-commands.ts';
export { CoapPlace } from './coap-place.tsx';
export { CoapAnswer, useCoapEntry } from './udp/recorded-answer.tsx';
export { offerToKeepRequests } from './udp/keep-request.ts';
export { textsOf as coapTexts, type RequestDraft as CoapDraft } from './udp/request-draft.ts';
export { RequestFields as CoapRequestFields } from './udp/request-fields.tsx';
export {
  draftOfSaved as coapDraftOf,
  savedOfDraft as savedCoapOf,
  savingProblems as coapProblems,
  takeFile,
  type SavedCoapFields,
} from './udp/saved-request.ts';
export { draftOfSaved as gfDraftOf, savedProblems as gfProblems } from './mqtt/saved-request.ts';
export { SavedRequestFields as GfRequestFields } from './mqtt/saved-request-fields.tsx';
