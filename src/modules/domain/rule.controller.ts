import { Body, Controller, Delete, Get, Param, Patch, Post, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, type Principal, Requires } from '../../access/index.js';
import { Answers, AnswersNothing } from '../../common/http/answers.js';
import { FlatQueries } from '../../common/http/queries.js';
import { Author, FORCE_QUERY } from './author.decorator.js';
import { FIREWALL } from './domain-rule.entity.js';
import { AddRuleDto, ReorderRulesDto, UpdateRuleDto } from './dto/rule.dto.js';
import { MadeResponse, RuleResponse, RuleSummaryResponse } from './dto/rule.response.js';
import { type RuleAuthor } from './rule-change.js';
import { RuleService } from './rule.service.js';

@ApiTags('Rules')
@Controller('api/v1/domains/:domain/services/rp/rules')
export class RuleController {
  constructor(private readonly rules: RuleService) {}

  /** The rules of a domain in their order, without what they do. */
  @Get()
  @Requires('domains-manage')
  @Answers(RuleSummaryResponse, { list: true, shape: 'bare' })
  async list(@CurrentPrincipal() caller: Principal, @Param('domain') domain: string): Promise<RuleSummaryResponse[]> {
    return (await this.rules.summaries(caller, domain)).map((rule) => RuleSummaryResponse.from(rule));
  }

  /** The rules of a domain in their order, whole. */
  @Get('all')
  @Requires('domains-manage')
  @Answers(RuleResponse, { list: true, shape: 'bare' })
  async listAll(@CurrentPrincipal() caller: Principal, @Param('domain') domain: string): Promise<RuleResponse[]> {
    return (await this.rules.all(caller, domain)).map((rule) => RuleResponse.from(rule));
  }

  /** The firewall rules of a domain in their order, whole. */
  @Get('firewall')
  @Requires('domains-manage')
  @Answers(RuleResponse, { list: true, shape: 'bare' })
  async listFirewall(@CurrentPrincipal() caller: Principal, @Param('domain') domain: string): Promise<RuleResponse[]> {
    return (await this.rules.all(caller, domain, FIREWALL)).map((rule) => RuleResponse.from(rule));
  }

  /** The rules of one phase in their order, without what they do. Only `firewall` has any. */
  @Get('phases/:phase')
  @Requires('domains-manage')
  @Answers(RuleSummaryResponse, { list: true, shape: 'bare' })
  async listPhase(
    @CurrentPrincipal() caller: Principal,
    @Param('domain') domain: string,
    @Param('phase') phase: string,
  ): Promise<RuleSummaryResponse[]> {
    return (await this.rules.summaries(caller, domain, phase)).map((rule) => RuleSummaryResponse.from(rule));
  }

  /** Add a rule behind the others, switched on. It acts within a second on every node, if the domain is approved. */
  @Post('phases/:phase')
  @Requires('domains-manage')
  @FlatQueries(FORCE_QUERY)
  @Answers(MadeResponse, { status: 201, shape: 'bare' })
  async add(
    @Author() author: RuleAuthor,
    @Param('domain') domain: string,
    @Param('phase') phase: string,
    @Body() body: AddRuleDto,
  ): Promise<MadeResponse> {
    return { uuid: (await this.rules.add(author, domain, phase, body)).id };
  }

  /** One rule. */
  @Get('phases/:phase/rule/:uuid')
  @Requires('domains-manage')
  @Answers(RuleResponse, { shape: 'bare' })
  async get(
    @CurrentPrincipal() caller: Principal,
    @Param('domain') domain: string,
    @Param('phase') phase: string,
    @Param('uuid') id: string,
  ): Promise<RuleResponse> {
    return RuleResponse.from(await this.rules.get(caller, domain, phase, id));
  }

  /** Change a rule. What is left out, or null, stays as it is. */
  @Patch('phases/:phase/rule/:uuid')
  @Requires('domains-manage')
  @FlatQueries(FORCE_QUERY)
  @AnswersNothing()
  async update(
    @Author() author: RuleAuthor,
    @Param('domain') domain: string,
    @Param('phase') phase: string,
    @Param('uuid') id: string,
    @Body() body: UpdateRuleDto,
  ): Promise<void> {
    await this.rules.update(author, domain, phase, id, body);
  }

  /** Delete a rule. Those behind it move up. */
  @Delete('phases/:phase/rule/:uuid')
  @Requires('domains-manage')
  @FlatQueries(FORCE_QUERY)
  @AnswersNothing()
  async delete(
    @Author() author: RuleAuthor,
    @Param('domain') domain: string,
    @Param('phase') phase: string,
    @Param('uuid') id: string,
  ): Promise<void> {
    await this.rules.delete(author, domain, phase, id);
  }

  /** Put the rules of a phase into another order. It names every rule once. */
  @Put('phases/:phase/reorder')
  @Requires('domains-manage')
  @FlatQueries(FORCE_QUERY)
  @AnswersNothing()
  async reorder(
    @Author() author: RuleAuthor,
    @Param('domain') domain: string,
    @Param('phase') phase: string,
    @Body() body: ReorderRulesDto,
  ): Promise<void> {
    await this.rules.reorder(author, domain, phase, body.order);
  }
}
