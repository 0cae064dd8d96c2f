import type { Logger } from 'pino';
import { destination, pino } from 'pino';

/** The log of the process. Lines have codes, board ids and connection ids; never content, names, links or tokens. */
export type Log = Logger;

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** Opens the log: JSON lines on standard error. Standard output is for messages to people. */
export function openLog(level: LogLevel): Log {
  return pino({ level, base: null }, destination({ fd: 2, sync: true }));
}
