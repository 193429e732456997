/** What an alert is, the least urgent first: its place is its priority. */
export const ALERT_TYPES = ['Info', 'Warning', 'Problem'] as const;
export type AlertType = (typeof ALERT_TYPES)[number];

/** The number of a type, as webhooks send it and the table keeps it. */
export type AlertPriority = 0 | 1 | 2;
export const PRIORITIES: readonly AlertPriority[] = [0, 1, 2];

/** What clients may say for a type: some surfaces of other products call a problem an error. */
export const ALERT_WORDS = [...ALERT_TYPES, 'Error'] as const;

export function typeOf(priority: AlertPriority): AlertType {
  return ALERT_TYPES[priority];
}

/** In any case; null for a word that names no type. */
export function priorityOf(word: string): AlertPriority | null {
  const index = ALERT_WORDS.findIndex((one) => one.toLowerCase() === word.toLowerCase());
  return PRIORITIES[Math.min(index, PRIORITIES.length - 1)] ?? null;
}
