import { Module } from '@nestjs/common';
import { ActivityRecorder } from './activity-recorder.js';
import { RefusalWriter } from './refusal-writer.js';
import { SealingModule } from './sealing.module.js';

@Module({
  imports: [SealingModule],
  providers: [ActivityRecorder, RefusalWriter],
  exports: [ActivityRecorder, RefusalWriter],
})
export class ActivityModule {}
