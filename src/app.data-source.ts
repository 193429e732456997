import { AccessChange, AccessCounter } from './access/index.js';
import { AccountSession } from './modules/account/account-session.entity.js';
import { Account } from './modules/account/account.entity.js';
import { ActivityHead } from './modules/activity/activity-head.entity.js';
import { Activity } from './modules/activity/activity.entity.js';
import { AlertCount } from './modules/alert/alert-count.entity.js';
import { Alert } from './modules/alert/alert.entity.js';
import { ApiKey } from './modules/api-key/api-key.entity.js';
import { ApiSecret } from './modules/api-key/api-secret.entity.js';
import { SigningKey } from './modules/auth/signing-key.entity.js';
import { BoxReport } from './modules/box/box-report.entity.js';
import { BoxWriteCount } from './modules/box/box-write-count.entity.js';
import { Box } from './modules/box/box.entity.js';
import { DomainRuleList } from './modules/domain/domain-rule-list.entity.js';
import { DomainRule } from './modules/domain/domain-rule.entity.js';
import { Domain } from './modules/domain/domain.entity.js';
import { UserGroup } from './modules/group/user-group.entity.js';
import { Hub } from './modules/hub/hub.entity.js';
import { IdempotencyRecord } from './modules/idempotency/idempotency-record.entity.js';
import { Installation } from './modules/installation/installation.entity.js';
import { Job } from './modules/job/job.entity.js';
import { ListIndexNumber } from './modules/list/list-index-number.entity.js';
import { ListIndexText } from './modules/list/list-index-text.entity.js';
import { ListRowGap } from './modules/list/list-row-gap.entity.js';
import { ListImportPiece } from './modules/list-import/list-import-piece.entity.js';
import { ListImportRefusal } from './modules/list-import/list-import-refusal.entity.js';
import { ListImport } from './modules/list-import/list-import.entity.js';
import { ListRow } from './modules/list/list-row.entity.js';
import { ListWriteCount } from './modules/list/list-write-count.entity.js';
import { List } from './modules/list/list.entity.js';
import { OutgoingMail } from './modules/mail/outgoing-mail.entity.js';
import { Membership } from './modules/member/membership.entity.js';
import { HubNetwork } from './modules/outbound/hub-network.entity.js';
import { Role } from './modules/role/role.entity.js';
import { Variable } from './modules/variable/variable.entity.js';
import { AlertSubscription } from './modules/webhook/alert-subscription.entity.js';
import { WebhookDelivery } from './modules/webhook/webhook-delivery.entity.js';
import { WebhookQuota } from './modules/webhook/webhook-quota.entity.js';

/** Every table, composed here so that no module needs to know another's. */
export const ENTITIES = [
  AccessChange,
  AccessCounter,
  Account,
  AccountSession,
  Activity,
  ActivityHead,
  Alert,
  AlertCount,
  AlertSubscription,
  ApiKey,
  ApiSecret,
  Box,
  BoxReport,
  BoxWriteCount,
  Domain,
  DomainRule,
  DomainRuleList,
  Hub,
  HubNetwork,
  IdempotencyRecord,
  Installation,
  Job,
  List,
  ListIndexNumber,
  ListIndexText,
  ListImport,
  ListImportPiece,
  ListImportRefusal,
  ListRow,
  ListRowGap,
  ListWriteCount,
  Membership,
  OutgoingMail,
  Role,
  SigningKey,
  UserGroup,
  Variable,
  WebhookDelivery,
  WebhookQuota,
];
