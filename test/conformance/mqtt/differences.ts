import type { Level } from './wire.ts';

/** Why an engine fails a clause, by the clause's title: in every version it is tested in, or by version. */
export type Differences = Readonly<Record<string, string | Readonly<Partial<Record<Level, string>>>>>;

const noUtf8 = 'invalid UTF-8 is replaced by U+FFFD and goes on so';
const noNull = 'U+0000 is not looked for';
const noDup = 'what is sent again does not carry DUP';
const byTopic = 'the granted QoS is looked up by topic, not by filter: a wildcard delivers with the QoS of the message';

/** aedes 1.2.0 as our engine drives it: MQTT 3.1 and 3.1.1 only. */
export const aedesDifferences: Differences = {
  'an unknown protocol level is answered with CONNACK 0x01 and closed': 'closed without CONNACK',
  'a will QoS of 3 is refused': 'accepted',
  'a password without user name is refused': 'accepted',
  'CONNECT has to hold all its flags announce, and nothing more': 'bytes after the end of the payload are ignored',
  'a CONNECT that announces a user name and holds none is valid': 'closed without CONNACK',
  'an empty client id is refused with 0x02': 'MQTT 3.1 is given an id as well',
  'packets may follow CONNECT at once, and CONNACK comes before their answers': 'PINGRESP overtakes SUBACK',
  'a filter that is no UTF-8 ends the connection': noUtf8,
  'a filter to unsubscribe that is no UTF-8 ends the connection': noUtf8,
  'a client id that is no UTF-8 ends the connection': noUtf8,
  'a will topic that is no UTF-8 ends the connection': noUtf8,
  'a user name that is no UTF-8 ends the connection': noUtf8,
  'a client id with U+0000 ends the connection': noNull,
  'a will topic with U+0000 ends the connection': noNull,
  'a user name with U+0000 ends the connection': noNull,
  'DUP with QoS 0 ends the connection': 'accepted',
  'packet id 0 ends the connection': 'accepted in SUBSCRIBE and UNSUBSCRIBE',
  'packets that end too early or too late end the connection': 'acknowledgements cut short are ignored',
  'PINGREQ and acknowledgements with surplus bytes end the connection': 'accepted',
  'SUBSCRIBE and UNSUBSCRIBE need a filter': 'UNSUBSCRIBE without one is acknowledged',
  'with a stored session, session present is 1, also when it holds nothing': 'a session without subscriptions is reported as not present',
  'CONNACK has no session present: its first byte stays 0': 'MQTT 3.1 is told as well',
  'a message has the lower QoS of publication and subscription': byTopic,
  'a retained message has the lower QoS of publication and subscription': byTopic,
  'DUP of the publisher is not passed on': 'passed on',
  'a packet id that is still in use is passed over when the ids begin anew': 'packet ids count up without looking',
  'an unacknowledged QoS 1 message is sent again with DUP and its packet id when the session is resumed': noDup,
  'an unreceived QoS 2 message is sent again with DUP and its packet id when the session is resumed': noDup,
  '$SYS tells about the broker': 'a heartbeat and client events below $SYS and a random id, no numbers',
  'subscriptions that overlap deliver with the highest QoS among them': 'the first found wins: QoS 0 before an exact QoS 2',
};
