import { Body, Controller, Delete, Get, Post, Put, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { CurrentPrincipal, type Principal, Requires } from '../../access/index.js';
import { Answers } from '../../common/http/answers.js';
import { FlatQueries, Queries } from '../../common/http/queries.js';
import { type FlatQuery } from '../../common/query/index.js';
import { AlertService } from './alert.service.js';
import { ALERT_QUERY, alertQuery, ALERTS_QUERY, AlertTargetDto, SendAlertDto } from './dto/alert.dto.js';
import { AlertsDoneResponse, PublicAlertResponse } from './dto/public-alert.response.js';

@ApiTags('Alerts')
@Controller('public-api/v1/alerts')
export class AlertPublicController {
  constructor(private readonly alerts: AlertService) {}

  /** The alerts of the key's user group, the newest first. The header `X-More-Rows` says whether more follow. */
  @Get()
  @Requires('read:alerts', 'read')
  @FlatQueries(ALERTS_QUERY)
  @Answers(PublicAlertResponse, { list: true, shape: 'bare' })
  async list(
    @CurrentPrincipal() caller: Principal,
    @Queries() query: FlatQuery<typeof ALERTS_QUERY>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PublicAlertResponse[]> {
    const { alerts, more } = await this.alerts.list(caller, alertQuery(query));
    reply.header('X-More-Rows', String(more));
    return alerts.map((alert) => PublicAlertResponse.from(alert));
  }

  /** One alert of the key's user group. */
  @Get('alert')
  @Requires('read:alerts', 'read')
  @FlatQueries(ALERT_QUERY)
  @Answers(PublicAlertResponse, { shape: 'bare' })
  async get(
    @CurrentPrincipal() caller: Principal,
    @Queries() { NotificationId }: FlatQuery<typeof ALERT_QUERY>,
  ): Promise<PublicAlertResponse> {
    return PublicAlertResponse.from(await this.alerts.get(caller, NotificationId));
  }

  /** Send an alert to the key's user group. Whoever has subscribed to the group's alerts is told. */
  @Post()
  @Requires('write:alerts', 'write')
  @Answers(PublicAlertResponse, { shape: 'bare' })
  async send(@CurrentPrincipal() caller: Principal, @Body() body: SendAlertDto): Promise<PublicAlertResponse> {
    return PublicAlertResponse.from(await this.alerts.send(caller, SendAlertDto.inputOf(body)));
  }

  /** Solve one alert, or all that are new. */
  @Put('solve')
  @Requires('write:alerts', 'write')
  @Answers(AlertsDoneResponse, { shape: 'bare' })
  async solve(@CurrentPrincipal() caller: Principal, @Body() body: AlertTargetDto): Promise<AlertsDoneResponse> {
    const id = AlertTargetDto.idOf(body);
    const done = id === null ? this.alerts.solveAll(caller) : this.alerts.solve(caller, id);
    return AlertsDoneResponse.from(await done);
  }

  /** Delete one alert, or all that are solved. */
  @Delete()
  @Requires('write:alerts', 'write')
  @Answers(AlertsDoneResponse, { shape: 'bare' })
  async remove(@CurrentPrincipal() caller: Principal, @Body() body: AlertTargetDto): Promise<AlertsDoneResponse> {
    const id = AlertTargetDto.idOf(body);
    const done = id === null ? this.alerts.removeSolved(caller) : this.alerts.remove(caller, id);
    return AlertsDoneResponse.from(await done);
  }
}
