import { Body, Controller, Delete, Get, Param, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, type Principal, Requires } from '../../access/index.js';
import { Answers, type Envelope } from '../../common/http/answers.js';
import { IfMatch } from '../../common/http/if-match.js';
import { Queries, type ResourceQuery, ResourceQueries } from '../../common/http/queries.js';
import { ID_PATTERN } from '../../common/ids.js';
import { type Precondition } from '../../common/precondition.js';
import { SUBSCRIPTION_STATES } from './alert-subscription.entity.js';
import {
  CreateAlertSubscriptionDto,
  RotateAlertSubscriptionDto,
  UpdateAlertSubscriptionDto,
} from './dto/subscription.dto.js';
import { AlertSubscriptionResponse, QueuedTestResponse } from './dto/subscription.response.js';
import { SUBSCRIPTION_SORTS } from './subscription.repository.js';
import { SubscriptionService } from './subscription.service.js';

const FILTERS = {
  state: { values: SUBSCRIPTION_STATES, multiple: true },
  group: { pattern: ID_PATTERN, multiple: true },
};

@ApiTags('Alerts')
@Controller('v1/hubs/current/alert-subscriptions')
export class AlertSubscriptionController {
  constructor(private readonly subscriptions: SubscriptionService) {}

  /** The addresses that are told of alerts. */
  @Get()
  @Requires('alerts-manage')
  @ResourceQueries({ sort: SUBSCRIPTION_SORTS, filter: FILTERS, page: true })
  @Answers(AlertSubscriptionResponse, { list: true })
  async list(
    @CurrentPrincipal() caller: Principal,
    @Queries() query: ResourceQuery,
  ): Promise<Envelope<AlertSubscriptionResponse[]>> {
    return { data: (await this.subscriptions.list(caller, query)).map((each) => AlertSubscriptionResponse.from(each)) };
  }

  /** Have an address told of alerts. The secret that signs the calls is in this answer and never again. */
  @Post()
  @Requires('alerts-manage')
  @Answers(AlertSubscriptionResponse, { status: 201 })
  async create(
    @CurrentPrincipal() caller: Principal,
    @Body() body: CreateAlertSubscriptionDto,
  ): Promise<Envelope<AlertSubscriptionResponse>> {
    const { subscription, secret } = await this.subscriptions.create(caller, body);
    return { data: AlertSubscriptionResponse.from(subscription, secret) };
  }

  /** One subscription, and what became of its messages. */
  @Get(':alertSubscriptionId')
  @Requires('alerts-manage')
  @Answers(AlertSubscriptionResponse)
  async get(
    @CurrentPrincipal() caller: Principal,
    @Param('alertSubscriptionId') id: string,
  ): Promise<Envelope<AlertSubscriptionResponse>> {
    return { data: AlertSubscriptionResponse.from(await this.subscriptions.get(caller, id)) };
  }

  /** Change a subscription, or switch it off and on. What waits goes to the new address. */
  @Patch(':alertSubscriptionId')
  @Requires('alerts-manage')
  @Answers(AlertSubscriptionResponse)
  async update(
    @CurrentPrincipal() caller: Principal,
    @Param('alertSubscriptionId') id: string,
    @Body() body: UpdateAlertSubscriptionDto,
    @IfMatch() precondition: Precondition,
  ): Promise<Envelope<AlertSubscriptionResponse>> {
    return { data: AlertSubscriptionResponse.from(await this.subscriptions.update(caller, id, body, precondition)) };
  }

  /** Delete a subscription. What waits is not sent any more. */
  @Delete(':alertSubscriptionId')
  @Requires('alerts-manage')
  @Answers(AlertSubscriptionResponse)
  async delete(
    @CurrentPrincipal() caller: Principal,
    @Param('alertSubscriptionId') id: string,
    @IfMatch() precondition: Precondition,
  ): Promise<Envelope<AlertSubscriptionResponse>> {
    return { data: AlertSubscriptionResponse.from(await this.subscriptions.delete(caller, id, precondition)) };
  }

  /** Give a subscription a new secret. For a while calls carry a signature by each. */
  @Post(':alertSubscriptionId/rotate')
  @Requires('alerts-manage')
  @Answers(AlertSubscriptionResponse, { status: 201 })
  async rotateAlertSubscription(
    @CurrentPrincipal() caller: Principal,
    @Param('alertSubscriptionId') id: string,
    @Body() body: RotateAlertSubscriptionDto,
  ): Promise<Envelope<AlertSubscriptionResponse>> {
    const { subscription, secret } = await this.subscriptions.rotate(caller, id, body.overlap_seconds);
    return { data: AlertSubscriptionResponse.from(subscription, secret) };
  }

  /** Send a test message, signed and tried again like an alert. The subscription's counters show what became of it. */
  @Post(':alertSubscriptionId/test')
  @Requires('alerts-manage')
  @Answers(QueuedTestResponse, { status: 202 })
  async testAlertSubscription(
    @CurrentPrincipal() caller: Principal,
    @Param('alertSubscriptionId') id: string,
  ): Promise<Envelope<QueuedTestResponse>> {
    return { data: { webhook_id: await this.subscriptions.test(caller, id) } };
  }
}
