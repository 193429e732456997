/** The management contract's names (its casing included) and those that the rule below would not make. */
const OPERATION_IDS: Readonly<Record<string, string>> = {
  'ActivityController.list': 'getHubActivity',
  'ActivityController.export': 'exportHubActivity',
  'ApiKeyController.list': 'getApiKeys',
  'ApiKeyController.create': 'createApiKey',
  'ApiKeyController.get': 'getAPIKey',
  'ApiKeyController.update': 'updateAPIKey',
  'ApiKeyController.delete': 'deleteAPIKey',
  'ApiSecretController.rotate': 'rotateAPIKey',
  'ApiSecretController.list': 'getAPIKeySecrets',
  'ApiSecretController.end': 'endAPIKeySecret',
  'AuthPublicController.tokenV1': 'getToken',
  'AuthPublicController.tokenV2': 'getToken',
  'AuthPublicController.whoami': 'getWhoami',
  'ListPublicController.read': 'readList',
  'ListPublicController.get': 'readRow',
  'ListPublicController.clear': 'clearList',
  'ListPublicController.add': 'addRow',
  'ListPublicController.change': 'changeRow',
  'ListPublicController.remove': 'deleteRow',
  'ListColumnController.add': 'addListColumn',
  'ListColumnController.update': 'updateListColumn',
  'ListColumnController.drop': 'deleteListColumn',
  'RoleController.defaults': 'getDefaultHubRoles',
  'MemberController.list': 'getHubMembers',
  'MemberController.own': 'getHubMembership',
  'MemberController.getByAccount': 'getHubMemberAccount',
  'MemberController.get': 'getHubMember',
  'MemberController.update': 'updateHubMember',
  'MemberController.remove': 'deleteHubMember',
  'InviteController.list': 'getHubInvites',
  'InviteController.create': 'createHubInvite',
  'InviteController.revoke': 'deleteHubInvite',
  'InvitationController.memberships': 'getAccountMemberships',
  'InvitationController.invites': 'getAccountInvites',
  'InvitationController.answer': 'updateAccountInvite',
  'AccountController.register': 'createAccount',
  'AccountController.changePassword': 'changeAccountPassword',
  'AccountController.requestVerification': 'requestAccountVerification',
  'AccountController.confirmVerification': 'confirmAccountVerification',
  'SessionController.list': 'getAccountSessions',
  'SessionController.end': 'endAccountSession',
  'SessionController.endOthers': 'endOtherAccountSessions',
  'TwoFactorController.begin': 'beginTwoFactor',
  'TwoFactorController.confirm': 'confirmTwoFactor',
  'TwoFactorController.remove': 'deleteTwoFactor',
  'TwoFactorController.renewCodes': 'createRecoveryCodes',
  'HubUsageController.usage': 'getHubUsage',
  'HubLifeController.create': 'createHub',
  'HubLifeController.current': 'getHub',
  'HubLifeController.delete': 'deleteHub',
  'HubController.whoami': 'getHubWhoami',
  'HubController.capabilities': 'getHubCapabilities',
};

const CRUD_VERBS = new Set(['create', 'get', 'update', 'delete']);

/** `RoleController.list` → `getRoles`, `RoleController.create` → `createRole`; a handler with a name of its own keeps it. */
export function operationIdOf(controller: string, handler: string): string {
  const noun = controller.replace(/(Public)?Controller$/, '');
  if (handler === 'list') {
    return OPERATION_IDS[`${controller}.${handler}`] ?? `get${noun}s`;
  }
  return OPERATION_IDS[`${controller}.${handler}`] ?? (CRUD_VERBS.has(handler) ? `${handler}${noun}` : handler);
}
