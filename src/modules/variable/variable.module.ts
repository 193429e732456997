import { Module } from '@nestjs/common';
import { ActivityModule } from '../activity/index.js';
import { HubVariables } from './hub-variables.js';
import { VariableController } from './variable.controller.js';
import { VariablePublicController } from './variable.public-controller.js';
import { VariableRepository } from './variable.repository.js';
import { VariableService } from './variable.service.js';
import { VariableValues } from './variable-values.js';

@Module({
  imports: [ActivityModule],
  controllers: [VariableController, VariablePublicController],
  providers: [HubVariables, VariableRepository, VariableService, VariableValues],
  exports: [HubVariables, VariableService],
})
export class VariableModule {}
