/** A message to one person, in plain text. */
export interface Mail {
  /** An address that mail can be sent to. */
  readonly to: string;
  /** The recipient's name; empty = none. */
  readonly name?: string;
  readonly subject: string;
  readonly text: string;
}

/** A message with the facts that every hand-over of it repeats, so that a second one can be told as such. */
export interface ReadyMail extends Mail {
  readonly id: string;
  /** When it was written, epoch milliseconds. */
  readonly writtenAt: number;
}

/** Whoever takes messages on from here. */
export abstract class MailTransport {
  /** Resolves once the message is safe elsewhere. @throws when it is not; the same message is then handed over again later. */
  abstract deliver(mail: ReadyMail): Promise<void>;
}
