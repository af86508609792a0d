/** One JSON line for each event, by pino. Bodies, query strings and tokens are never logged: they hold personal data. */
import type { LoggerService } from '@nestjs/common';
import { pino, type Logger } from 'pino';
import type { Config } from '../config.js';

export function makeLogger(level: Config['logLevel']): Logger {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime });
}

type Level = 'debug' | 'warn' | 'error';

/** Nest's own messages as lines of the same log; its start-up chatter only at debug level. */
export function nestLog(logger: Logger): LoggerService {
  const write = (level: Level) => {
    return (message: unknown, ...rest: unknown[]) => {
      const text = message instanceof Error ? (message.stack ?? message.message) : String(message);
      const context = rest.at(-1);
      logger[level](typeof context === 'string' ? { context } : {}, text);
    };
  };
  return {
    log: write('debug'),
    debug: write('debug'),
    verbose: write('debug'),
    warn: write('warn'),
    error: write('error'),
  };
}
