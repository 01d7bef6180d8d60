import { guest } from '../guest/guest.ts';
import { guestInspect } from '../guest/inspect.ts';
import { guestJson } from '../guest/json.ts';
import { webGlobals } from '../guest/web-globals.ts';

/** The guest as a script: a function that takes what `guest` takes first. Made of the functions' own texts, which need nothing around them. */
export const guestSource = `(ask, functionNames, maxJson) => (${guest.toString()})(ask, functionNames, maxJson, (${guestJson.toString()})(), (${guestInspect.toString()})(), ${webGlobals.toString()})`;
