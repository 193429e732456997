import { Module } from '@nestjs/common';
import { SessionDirectory } from '../../access/index.js';
import { AccountSessionDirectory } from './session-directory.js';
import { SessionUseWriter } from './session-use-writer.js';

/** What the access core looks sessions up with; apart from the rest, which itself stands on the access core. */
@Module({
  providers: [{ provide: SessionDirectory, useClass: AccountSessionDirectory }],
  exports: [SessionDirectory],
})
export class SessionDirectoryModule {}

@Module({
  providers: [SessionUseWriter],
  exports: [SessionUseWriter],
})
export class AccountModule {}
