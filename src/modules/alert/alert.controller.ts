import { Controller, Delete, Get, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, type Principal, Requires } from '../../access/index.js';
import { Answers, type Envelope } from '../../common/http/answers.js';
import { Queries, type ResourceQuery, ResourceQueries } from '../../common/http/queries.js';
import { ALERT_FILTERS, ALERT_SORTS, AlertAdminService } from './alert-admin.service.js';
import { AlertResponse } from './dto/alert.response.js';

@ApiTags('Alerts')
@Controller('v1/hubs/current/alerts')
export class AlertController {
  constructor(private readonly alerts: AlertAdminService) {}

  /** The alerts of every user group of the hub, the newest first unless `sort` says otherwise. */
  @Get()
  @Requires('alerts-manage')
  @ResourceQueries({ sort: ALERT_SORTS, filter: ALERT_FILTERS, page: true })
  @Answers(AlertResponse, { list: true })
  async list(
    @CurrentPrincipal() caller: Principal,
    @Queries() query: ResourceQuery,
  ): Promise<Envelope<AlertResponse[]>> {
    return { data: (await this.alerts.list(caller, query)).map((alert) => AlertResponse.from(alert)) };
  }

  /** One alert. */
  @Get(':alertId')
  @Requires('alerts-manage')
  @Answers(AlertResponse)
  async get(@CurrentPrincipal() caller: Principal, @Param('alertId') id: string): Promise<Envelope<AlertResponse>> {
    return { data: AlertResponse.from(await this.alerts.get(caller, id)) };
  }

  /** Solve an alert. One that is solved already stays as it is. */
  @Post(':alertId/solve')
  @Requires('alerts-manage')
  @Answers(AlertResponse)
  async solve(@CurrentPrincipal() caller: Principal, @Param('alertId') id: string): Promise<Envelope<AlertResponse>> {
    return { data: AlertResponse.from(await this.alerts.solve(caller, id)) };
  }

  /** Delete an alert, solved or not. */
  @Delete(':alertId')
  @Requires('alerts-manage')
  @Answers(AlertResponse)
  async delete(@CurrentPrincipal() caller: Principal, @Param('alertId') id: string): Promise<Envelope<AlertResponse>> {
    return { data: AlertResponse.from(await this.alerts.delete(caller, id)) };
  }
}
