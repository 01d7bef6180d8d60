import { useCommands, type Command } from '../../app/commands.ts';

const idle = (id: string, title: string, group: string, shortcut?: string): Command => ({
  id,
  title,
  group,
  place: 'topics',
  shortcut,
  when: () => false,
  run: () => undefined,
});

/** The commands of the topics place while it is not shown, so that their keys can be seen and changed; the place replaces them. */
export function TopicCommands(): null {
  useCommands([
    idle('topics.filter', 'Filter topics', 'Topics', 'Mod+F'),
    idle('topics.togglePublish', 'Show or hide the publish bar', 'Topics', 'Mod+J'),
    idle('topics.clearRetained', 'Clear the retained value of the selected topic', 'Topics'),
    idle('publish.send', 'Publish the message', 'Publish', 'Mod+Enter'),
    idle('publish.focusTopic', 'Write a message', 'Publish', 'Mod+Shift+M'),
  ]);
  return null;
}
