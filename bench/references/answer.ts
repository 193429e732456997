/** An answer as bytes, to be given by a server that does nothing else. */
export interface FixedAnswer {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const VARIABLE = 'BENCH_ANSWER';

export function answerToEnvironment(answer: FixedAnswer): NodeJS.ProcessEnv {
  return { [VARIABLE]: JSON.stringify(answer) };
}

export function answerFromEnvironment(): FixedAnswer {
  return JSON.parse(process.env[VARIABLE] ?? '') as FixedAnswer;
}

/** Says where it listens, in the words of Hubgate's log. */
export function sayListening(port: number): void {
  process.stdout.write(`${JSON.stringify({ listening: `127.0.0.1:${port}` })}\n`);
}
