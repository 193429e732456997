import { Module } from '@nestjs/common';
import { ChainVerifier } from './chain-verifier.js';
import { SealRepository } from './seal.repository.js';
import { Sealer } from './sealer.js';
import { Seals } from './seals.js';

/** A module below the one that writes activities: at shutdown the writers go first, then what they wrote is sealed. */
@Module({
  providers: [ChainVerifier, SealRepository, Sealer, Seals],
  exports: [ChainVerifier, SealRepository, Sealer, Seals],
})
export class SealingModule {}
