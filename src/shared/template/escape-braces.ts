/** Texts that are to be sent as they are, where templates are read: `{{` becomes a placeholder for itself. */
export const escapeBraces = (text: string): string => text.replaceAll('{{', '{{"{{"}}');

/** The same in JSON text, where `{{` can stand only within a text. */
export const escapeBracesInJson = (json: string): string => json.replaceAll('{{', String.raw`{{\"{{\"}}`);

/** What `escapeBraces` was given; other placeholders stay. */
export const unescapeBraces = (text: string): string => text.replaceAll('{{"{{"}}', '{{');
