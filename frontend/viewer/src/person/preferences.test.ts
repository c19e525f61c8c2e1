import { describe, expect, it, vi } from 'vitest';
import { CommandRegistry } from '../commands/registry';
import { Preferences, type PreferencesJson } from './preferences';

function kept() {
  const told: { content: PreferencesJson; answer: (trouble: string | null) => void }[] = [];
  const preferences = new Preferences(
    {},
    new CommandRegistry([]),
    (content) => new Promise((answer) => told.push({ content, answer })),
  );
  const trouble: string[] = [];
  preferences.onTrouble = (words) => trouble.push(words);
  const mice = () => told.map(({ content }) => content.mouse);
  return { preferences, told, trouble, mice };
}

describe('Preferences', () => {
  it('are told one after the other, and of what changed meanwhile the last state alone', async () => {
    const { preferences, told, trouble, mice } = kept();
    for (const mouse of ['one', 'two', 'three']) preferences.setMouse(mouse);
    expect(mice()).toEqual(['one']);
    told[0]?.answer('the server could not be reached.');
    await vi.waitFor(() => expect(mice()).toEqual(['one', 'three']));
    expect(trouble, 'what was refused is not what holds').toEqual([]);
    told[1]?.answer('the server could not be reached.');
    await vi.waitFor(() => expect(trouble).toHaveLength(1));
    preferences.setMouse('four');
    expect(mice()).toEqual(['one', 'three', 'four']);
  });

  it('that still wait are told when the page goes, once', async () => {
    const { preferences, told, mice } = kept();
    preferences.setMouse('one');
    preferences.setMouse('two');
    preferences.flush();
    preferences.flush();
    expect(mice()).toEqual(['one', 'two']);
    told[0]?.answer(null);
    await Promise.resolve();
    expect(mice()).toEqual(['one', 'two']);
  });
});
