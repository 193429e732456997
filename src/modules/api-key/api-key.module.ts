import { Module } from '@nestjs/common';
import { PrincipalDirectory } from '../../access/index.js';
import { ActivityModule } from '../activity/index.js';
import { GroupModule } from '../group/index.js';
import { HubModule } from '../hub/index.js';
import { RoleModule } from '../role/index.js';
import { AccountApiKeyController } from './account-api-key.controller.js';
import { AccountKeyService } from './account-key.service.js';
import { ApiKeyController } from './api-key.controller.js';
import { ApiKeyRepository } from './api-key.repository.js';
import { KeyRules } from './api-key.rules.js';
import { ApiKeyService } from './api-key.service.js';
import { ApiSecretController } from './api-secret.controller.js';
import { ApiSecretRepository } from './api-secret.repository.js';
import { EndedSecretWatch } from './ended-secret-watch.js';
import { HubKeyRepository } from './hub-key.repository.js';
import { HubKeys } from './hub-keys.js';
import { KeyHandles } from './key-handles.js';
import { LastUseWriter } from './last-use-writer.js';
import { ApiKeyDirectory } from './principal-directory.js';
import { ReadableSecrets } from './readable-secrets.js';
import { SecretService } from './secret.service.js';

/** What the access core looks principals up with; apart from the rest, which itself stands on the access core. */
@Module({
  providers: [{ provide: PrincipalDirectory, useClass: ApiKeyDirectory }],
  exports: [PrincipalDirectory],
})
export class PrincipalDirectoryModule {}

@Module({
  imports: [ActivityModule, HubModule, RoleModule, GroupModule],
  controllers: [AccountApiKeyController, ApiKeyController, ApiSecretController],
  providers: [
    AccountKeyService,
    ApiKeyRepository,
    ApiKeyService,
    ApiSecretRepository,
    EndedSecretWatch,
    HubKeyRepository,
    HubKeys,
    KeyHandles,
    KeyRules,
    LastUseWriter,
    ReadableSecrets,
    SecretService,
  ],
  exports: [ApiKeyService, EndedSecretWatch, HubKeys, LastUseWriter, SecretService],
})
export class ApiKeyModule {}
