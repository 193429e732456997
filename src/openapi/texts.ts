/** The documents there are, in the order of the page's selector. */
export const DOCUMENT_NAMES = ['management', 'public-v1', 'public-v2', 'account'] as const;
export type DocumentName = (typeof DOCUMENT_NAMES)[number];

/** What a person reads about one document, and which paths belong to it. */
export interface DocumentTexts {
  readonly title: string;
  readonly version: string;
  readonly pathPrefix: string;
  readonly intro: string;
}

const EXCHANGE_STEPS = `\
1. **Authorize** → *apiKey*: paste the API key of your user group. It is sent in the header \`apiKey\`, only to the exchange.
2. Run **getToken** and copy \`accessToken\`.
3. **Authorize** → *bearerAuth*: paste the access token. It is sent as \`Authorization: Bearer …\` with everything else. When it has ended, exchange again.`;

export const DOCUMENT_TEXTS: Readonly<Record<DocumentName, DocumentTexts>> = {
  management: {
    title: 'Management API',
    version: 'v1',
    pathPrefix: '/v1/',
    intro: `Who may do what in a hub: members, roles, groups, API keys, the structure of lists, and the record of it all.

**Authorize** → *bearerAuth*: paste an API key (\`hgk_…\`), or run **login** and paste the token that it answers (\`hgs_…\`). The page forgets it when you close or reload it. The header \`X-Hub-Id\` is optional for a key, and for a person who is in one hub only.

\`\`\`sh
curl -H "Authorization: Bearer $HUBGATE_KEY" "$HUB/v1/hubs/current/whoami"
\`\`\`

\`$HUB\` is the address of this page up to \`/public-api\`. Examples run as they are, but for ids: put in one of yours where an example holds \`0199e2f1a0c34b5d6e7f8091\`.`,
  },
  'public-v1': {
    title: 'Public API v1',
    version: 'v1',
    pathPrefix: '/public-api/v1/',
    intro: `The data of a hub, for integrators. What a key sees and may do is what its user group grants *and* its scopes let through.

${EXCHANGE_STEPS}

\`\`\`sh
curl -H "apiKey: $HUBGATE_KEY" "$HUB/public-api/v1/auth/token"
\`\`\`

\`$HUB\` is the address of this page up to \`/public-api\`. Examples run as they are on the list \`StockInfo\` and the variable \`LineSpeed\`, which the examples of **createList** and **createVariable** in the Management API make.`,
  },
  'public-v2': {
    title: 'Public API v2',
    version: 'v2',
    pathPrefix: '/public-api/v2/',
    intro: `What differs from v1. Everything else is in **Public API v1** and takes the same access token.

${EXCHANGE_STEPS}

\`\`\`sh
curl -H "apiKey: $HUBGATE_KEY" "$HUB/public-api/v2/auth/token"
\`\`\`

\`$HUB\` is the address of this page up to \`/public-api\`.`,
  },
  account: {
    title: 'Account API',
    version: 'v1',
    pathPrefix: '/api/v1/',
    intro: `A hub in few words: its API keys by name, its domains and the rules for requests at them. An API key is the only credential here, sent whole as the bearer; answers are bare, and an error is \`{error, code, requestId}\`.

**Authorize** → *bearerAuth*: paste an API key (\`hgk_…\`). The page forgets it when you close or reload it.

\`\`\`sh
curl -H "Authorization: Bearer $HUBGATE_KEY" -H "Content-Type: application/json" "$HUB/api/v1/api_keys"
\`\`\`

\`$HUB\` is the address of this page up to \`/public-api\`.`,
  },
};

/** Tags in the order of the page; others follow by name. */
export const TAG_ORDER = [
  'Auth',
  'Sign-in',
  'Account',
  'Hub',
  'Members',
  'Invites',
  'API keys',
  'Roles',
  'Groups',
  'Lists',
  'Variables',
  'Activity',
  'Jobs',
  'Alerts',
  'Boxes',
  'Domains',
  'Rules',
];
