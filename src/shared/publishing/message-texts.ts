import type { PublishMessage } from '../contract/publish-message.ts';

/** Everything of a message that may hold `{{…}}`. */
export function messageTexts({
  topic,
  payload,
  format,
  properties,
}: Pick<PublishMessage, 'topic' | 'payload' | 'properties'> & { readonly format: string }): readonly string[] {
  return [
    topic,
    ...(format === 'empty' || format === 'file' ? [] : [payload]),
    ...(properties ? [properties.contentType, properties.responseTopic, properties.correlationData, ...properties.userProperties.flat()] : []),
  ];
}
