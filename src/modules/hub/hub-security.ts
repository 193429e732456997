const DAY_SECONDS = 86_400;

/** The longest overlap that a hub may allow: beyond it, two secrets are no longer a rotation. */
export const OVERLAP_SECONDS_CEILING = 90 * DAY_SECONDS;

/** How the hub's keys change their secrets. */
export interface RotationPolicy {
  /** How long an old secret may go on beside the new one, at most. */
  readonly max_overlap_seconds: number;
  /** Whether the use of a secret that has ended switches its key off. */
  readonly disable_on_reuse: boolean;
}

/** What a hub demands of those who enter it. */
export interface HubSecurity {
  readonly force_2fa: boolean;
  /** Whether its keys and their tokens are taken at its own domains only. */
  readonly require_domain: boolean;
  /** Whether the secrets that are made from now on can be read later, by whoever could rotate their key. */
  readonly readable_secrets: boolean;
  readonly rotation: RotationPolicy;
}

export const DEFAULT_SECURITY: HubSecurity = {
  force_2fa: false,
  require_domain: false,
  readable_secrets: false,
  rotation: { max_overlap_seconds: 7 * DAY_SECONDS, disable_on_reuse: false },
};

/** As stored: what a hub has said. The rest is the default of the version that reads it. */
export interface StoredSecurity {
  readonly force_2fa?: boolean;
  readonly require_domain?: boolean;
  readonly readable_secrets?: boolean;
  readonly rotation?: Partial<RotationPolicy>;
}

export function securityOf({ force_2fa, require_domain, readable_secrets, rotation }: StoredSecurity): HubSecurity {
  return {
    force_2fa: force_2fa ?? DEFAULT_SECURITY.force_2fa,
    require_domain: require_domain ?? DEFAULT_SECURITY.require_domain,
    readable_secrets: readable_secrets ?? DEFAULT_SECURITY.readable_secrets,
    rotation: { ...DEFAULT_SECURITY.rotation, ...rotation },
  };
}
