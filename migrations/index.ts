import { CreateInstallation1763769600000 } from './1763769600000-create-installation.js';
import { CreateAccessCounter1763769601000 } from './1763769601000-create-access-counter.js';
import { CreateAccessChange1763769602000 } from './1763769602000-create-access-change.js';
import { InsertAccessCounter1763769603000 } from './1763769603000-insert-access-counter.js';
import { CreateHub1763769604000 } from './1763769604000-create-hub.js';
import { CreateRole1763769605000 } from './1763769605000-create-role.js';
import { CreateUserGroup1763769606000 } from './1763769606000-create-user-group.js';
import { CreateApiKey1763769607000 } from './1763769607000-create-api-key.js';
import { CreateApiSecret1763769608000 } from './1763769608000-create-api-secret.js';
import { CreateSigningKey1763769609000 } from './1763769609000-create-signing-key.js';
import { CreateActivity1763769610000 } from './1763769610000-create-activity.js';
import { CreateList1763769611000 } from './1763769611000-create-list.js';
import { CreateListRow1763769612000 } from './1763769612000-create-list-row.js';
import { CreateListWriteCount1763769613000 } from './1763769613000-create-list-write-count.js';
import { IndexUnsealedActivity1763769614000 } from './1763769614000-index-unsealed-activity.js';
import { CreateActivityHead1763769615000 } from './1763769615000-create-activity-head.js';
import { AddApiKeyReuseAlertDay1763769616000 } from './1763769616000-add-api-key-reuse-alert-day.js';
import { AddApiSecretEnded1763769617000 } from './1763769617000-add-api-secret-ended.js';
import { CreateAccount1763769618000 } from './1763769618000-create-account.js';
import { CreateAccountSession1763769619000 } from './1763769619000-create-account-session.js';
import { CreateMembership1763769620000 } from './1763769620000-create-membership.js';
import { CreateIdempotencyRecord1763769625000 } from './1763769625000-create-idempotency-record.js';
import { IndexActivityFilters1763769630000 } from './1763769630000-index-activity-filters.js';
import { CreateJob1763769635000 } from './1763769635000-create-job.js';
import { AddRoleNameKey1763769636000 } from './1763769636000-add-role-name-key.js';
import { FillRoleNameKey1763769637000 } from './1763769637000-fill-role-name-key.js';
import { AddApiKeyLastUsedAt1763769638000 } from './1763769638000-add-api-key-last-used-at.js';
import { IndexApiKeyLists1763769639000 } from './1763769639000-index-api-key-lists.js';
import { CreateMailOutbox1763769640000 } from './1763769640000-create-mail-outbox.js';
import { AddAccountTotpPending1763769641000 } from './1763769641000-add-account-totp-pending.js';
import { AddListLastColumnId1763769642000 } from './1763769642000-add-list-last-column-id.js';
import { FillListColumnIds1763769643000 } from './1763769643000-fill-list-column-ids.js';
import { AddListRowRevision1763769644000 } from './1763769644000-add-list-row-revision.js';
import { AddListSlotWork1763769645000 } from './1763769645000-add-list-slot-work.js';
import { AddListWriteCountCleared1763769646000 } from './1763769646000-add-list-write-count-cleared.js';
import { CreateListIndexNumber1763769648000 } from './1763769648000-create-list-index-number.js';
import { CreateListIndexText1763769649000 } from './1763769649000-create-list-index-text.js';
import { CreateListRowGap1763769650000 } from './1763769650000-create-list-row-gap.js';
import { FillListRowGap1763769651000 } from './1763769651000-fill-list-row-gap.js';
import { CreateListImport1763769652000 } from './1763769652000-create-list-import.js';
import { CreateListImportPiece1763769652100 } from './1763769652100-create-list-import-piece.js';
import { CreateListImportRefusal1763769652200 } from './1763769652200-create-list-import-refusal.js';
import { CreateHubNetwork1763769655000 } from './1763769655000-create-hub-network.js';
import { CreateAlertSubscription1763769656000 } from './1763769656000-create-alert-subscription.js';
import { CreateWebhookDelivery1763769656500 } from './1763769656500-create-webhook-delivery.js';
import { CreateWebhookQuota1763769657000 } from './1763769657000-create-webhook-quota.js';
import { CreateBox1763769658000 } from './1763769658000-create-box.js';
import { CreateBoxReport1763769659000 } from './1763769659000-create-box-report.js';
import { CreateBoxWriteCount1763769660000 } from './1763769660000-create-box-write-count.js';
import { CreateAlert1763769662000 } from './1763769662000-create-alert.js';
import { CreateAlertCount1763769663000 } from './1763769663000-create-alert-count.js';
import { CreateVariable1763769664000 } from './1763769664000-create-variable.js';
import { IndexJobTurns1763769665000 } from './1763769665000-index-job-turns.js';
import { DropJobStateIndex1763769665010 } from './1763769665010-drop-job-state-index.js';
import { AddApiKeyHandle1763769670000 } from './1763769670000-add-api-key-handle.js';
import { AddApiKeyHandleKey1763769670010 } from './1763769670010-add-api-key-handle-key.js';
import { IndexApiKeyHandle1763769670020 } from './1763769670020-index-api-key-handle.js';
import { FillApiKeyHandle1763769670030 } from './1763769670030-fill-api-key-handle.js';
import { AddApiSecretSealed1763769670040 } from './1763769670040-add-api-secret-sealed.js';
import { CreateDomain1763769680000 } from './1763769680000-create-domain.js';
import { CreateDomainRule1763769680100 } from './1763769680100-create-domain-rule.js';
import { CreateDomainRuleList1763769680200 } from './1763769680200-create-domain-rule-list.js';

/** The schema's whole history, in order. A migration that has been released is never edited. */
export const MIGRATIONS = [
  CreateInstallation1763769600000,
  CreateAccessCounter1763769601000,
  CreateAccessChange1763769602000,
  InsertAccessCounter1763769603000,
  CreateHub1763769604000,
  CreateRole1763769605000,
  CreateUserGroup1763769606000,
  CreateApiKey1763769607000,
  CreateApiSecret1763769608000,
  CreateSigningKey1763769609000,
  CreateActivity1763769610000,
  CreateList1763769611000,
  CreateListRow1763769612000,
  CreateListWriteCount1763769613000,
  IndexUnsealedActivity1763769614000,
  CreateActivityHead1763769615000,
  AddApiKeyReuseAlertDay1763769616000,
  AddApiSecretEnded1763769617000,
  CreateAccount1763769618000,
  CreateAccountSession1763769619000,
  CreateMembership1763769620000,
  CreateIdempotencyRecord1763769625000,
  IndexActivityFilters1763769630000,
  CreateJob1763769635000,
  AddRoleNameKey1763769636000,
  FillRoleNameKey1763769637000,
  AddApiKeyLastUsedAt1763769638000,
  IndexApiKeyLists1763769639000,
  CreateMailOutbox1763769640000,
  AddAccountTotpPending1763769641000,
  AddListLastColumnId1763769642000,
  FillListColumnIds1763769643000,
  AddListRowRevision1763769644000,
  AddListSlotWork1763769645000,
  AddListWriteCountCleared1763769646000,
  CreateListIndexNumber1763769648000,
  CreateListIndexText1763769649000,
  CreateListRowGap1763769650000,
  FillListRowGap1763769651000,
  CreateListImport1763769652000,
  CreateListImportPiece1763769652100,
  CreateListImportRefusal1763769652200,
  CreateHubNetwork1763769655000,
  CreateAlertSubscription1763769656000,
  CreateWebhookDelivery1763769656500,
  CreateWebhookQuota1763769657000,
  CreateBox1763769658000,
  CreateBoxReport1763769659000,
  CreateBoxWriteCount1763769660000,
  CreateAlert1763769662000,
  CreateAlertCount1763769663000,
  CreateVariable1763769664000,
  IndexJobTurns1763769665000,
  DropJobStateIndex1763769665010,
  AddApiKeyHandle1763769670000,
  AddApiKeyHandleKey1763769670010,
  IndexApiKeyHandle1763769670020,
  FillApiKeyHandle1763769670030,
  AddApiSecretSealed1763769670040,
  CreateDomain1763769680000,
  CreateDomainRule1763769680100,
  CreateDomainRuleList1763769680200,
];
