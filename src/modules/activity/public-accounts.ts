/** A person as everybody in a hub may know them (management contract §2.4, PublicAccount). */
export interface PublicAccount {
  readonly id: string;
  readonly name: { readonly first: string; readonly last: string };
  readonly email: { readonly address: string };
  readonly two_factor_auth: { readonly verified: boolean };
}

/** Who knows the people among the users of activities: the module of accounts, which stands above this one, provides it. */
export abstract class PublicAccounts {
  /** Those of these ids that are accounts, in any order. The ids come from activities of this hub. */
  abstract findMany(hubId: string, ids: readonly string[]): Promise<readonly PublicAccount[]>;
}
