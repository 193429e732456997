import { Module } from '@nestjs/common';
import { ActivityRecorder } from './activity-recorder.js';
import { RefusalWriter } from './refusal-writer.js';

@Module({ providers: [ActivityRecorder, RefusalWriter], exports: [ActivityRecorder, RefusalWriter] })
export class ActivityModule {}
