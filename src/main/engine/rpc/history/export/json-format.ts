import { isoTime, type ExportFormat } from './exported-call.ts';

/** A JSON list: one object for each call, with params and result in place of the bytes. */
export const jsonFormat: ExportFormat = {
  head: '[',
  entry({ detail: { request, answers, timeUs, ...call } }, at) {
    const facts = {
      time: isoTime(timeUs),
      ...call,
      requestBytes: request?.sizeBytes ?? null,
      requestMessageId: request?.messageId ?? 0,
      answers: answers.map((answer) => ({
        time: isoTime(answer.timeUs),
        topic: answer.topic,
        qos: answer.qos,
        bytes: answer.sizeBytes,
        messageId: answer.messageId,
      })),
    };
    return `${at === 0 ? '\n' : ',\n'}${JSON.stringify(facts, null, 2)}`;
  },
  tail: '\n]\n',
};
