import { t } from '../text/messages.svelte.ts';
import { toast } from '../ui/toasts.svelte.ts';

/**
 * Loads a part of the page that a press asks for, as a dialog or a menu. If it cannot be fetched, the page says so and
 * calls `close`, so that the next press tries again. The promise stays pending then.
 */
export function openPart<Part>(load: () => Promise<Part>, close: () => void): Promise<Part> {
  return load().catch(() => {
    close();
    toast(t('error.unreachable'), { tone: 'warning' });
    return new Promise<never>(() => {});
  });
}
