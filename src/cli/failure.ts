import { AppError } from '../common/errors/index.js';
import { InvalidEnvironmentError } from '../config/index.js';

const NETWORK: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is in use by another program; stop it, or set PORT to a free one',
  EADDRNOTAVAIL: 'does not belong to this machine; set HOST to one that does',
  EACCES: 'may not be used by this user; set PORT to one above 1023',
};

/** A failure in words for the person at the terminal: what was wrong and what to do. No stack and never a secret. */
export function describeFailure(error: unknown): string {
  if (error instanceof InvalidEnvironmentError) {
    return error.message;
  }
  if (error instanceof AppError) {
    const reason = error.status === 503 ? causeOf(error) : '';
    return `error: ${error.details.detail ?? error.title}${reason}`;
  }
  const words = error instanceof Error ? error.message : String(error);
  const { code } = error as NodeJS.ErrnoException;
  const hint = code?.startsWith('ER_') ? ' (DATABASE_URL; "hubgate doctor" tells more)' : '';
  return `error: ${listenFailure(error) ?? words + hint}`;
}

function listenFailure(error: unknown): string | undefined {
  const { code, syscall, address, port } = error as {
    code?: string;
    syscall?: string;
    address?: string;
    port?: number;
  };
  const what = syscall === 'listen' ? NETWORK[code ?? ''] : undefined;
  return what && `The address ${address ?? ''} port ${port ?? ''} ${what}.`;
}

/** Why the database is not there: the driver's words, which name host, port and user, and never the password. */
function causeOf({ cause }: AppError): string {
  const message = cause instanceof Error ? cause.message || (cause as NodeJS.ErrnoException).code : undefined;
  return message ? ` (${message})` : '';
}
