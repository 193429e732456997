/** How far calls of hubs may go, beside the networks that each hub is allowed. */
export interface OutboundSettings {
  /** The one port on which boxes are called. */
  readonly boxPort: number;
  /** Whether a hub can be allowed this machine itself: for trials and tests. */
  readonly loopback: boolean;
}

export interface OutboundVariables {
  readonly BOX_PORT: number;
  readonly OUTBOUND_LOOPBACK: string;
  readonly NODE_ENV?: string | undefined;
}

export function outboundSettings({ BOX_PORT, OUTBOUND_LOOPBACK }: OutboundVariables): OutboundSettings {
  return { boxPort: BOX_PORT, loopback: OUTBOUND_LOOPBACK === 'allow' };
}

export function outboundProblems({ OUTBOUND_LOOPBACK, NODE_ENV }: OutboundVariables): string[] {
  return OUTBOUND_LOOPBACK === 'allow' && NODE_ENV === 'production'
    ? ['OUTBOUND_LOOPBACK=allow is for trials and tests and is refused with NODE_ENV=production; leave it out']
    : [];
}
