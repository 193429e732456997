import { Module } from '@nestjs/common';
import { InstallationService } from './installation.service.js';

@Module({ providers: [InstallationService], exports: [InstallationService] })
export class InstallationModule {}
