import { Body, Controller, Delete, Get, Param, Post, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, type Principal, Requires } from '../../access/index.js';
import { Answers, AnswersNothing } from '../../common/http/answers.js';
import { FlatQueries } from '../../common/http/queries.js';
import { Author, FORCE_QUERY } from './author.decorator.js';
import { WriteRuleListDto } from './dto/rule-list.dto.js';
import { RuleListHeadResponse, RuleListResponse } from './dto/rule-list.response.js';
import { MadeResponse } from './dto/rule.response.js';
import { type RuleAuthor } from './rule-change.js';
import { RuleListService } from './rule-list.service.js';

@ApiTags('Rules')
@Controller('api/v1/domains/:domain/services/rp/rules/lists')
export class RuleListController {
  constructor(private readonly lists: RuleListService) {}

  /** The rule lists of a domain by their names, without their entries. */
  @Get()
  @Requires('domains-manage')
  @Answers(RuleListHeadResponse, { list: true, shape: 'bare' })
  async list(@CurrentPrincipal() caller: Principal, @Param('domain') domain: string): Promise<RuleListHeadResponse[]> {
    return (await this.lists.list(caller, domain)).map((list) => RuleListHeadResponse.from(list));
  }

  /** Add a list, that the filters of the domain can name as `$name`. */
  @Post()
  @Requires('domains-manage')
  @FlatQueries(FORCE_QUERY)
  @Answers(MadeResponse, { status: 201, shape: 'bare' })
  async add(
    @Author() author: RuleAuthor,
    @Param('domain') domain: string,
    @Body() body: WriteRuleListDto,
  ): Promise<MadeResponse> {
    return { uuid: (await this.lists.add(author, domain, body)).id };
  }

  /** One rule list with its entries. */
  @Get(':uuid')
  @Requires('domains-manage')
  @Answers(RuleListResponse, { shape: 'bare' })
  async get(
    @CurrentPrincipal() caller: Principal,
    @Param('domain') domain: string,
    @Param('uuid') id: string,
  ): Promise<RuleListResponse> {
    return RuleListResponse.from(await this.lists.get(caller, domain, id));
  }

  /** Replace a rule list with what is sent. Its name and type stay while rules name it. */
  @Put(':uuid')
  @Requires('domains-manage')
  @FlatQueries(FORCE_QUERY)
  @AnswersNothing()
  async replace(
    @Author() author: RuleAuthor,
    @Param('domain') domain: string,
    @Param('uuid') id: string,
    @Body() body: WriteRuleListDto,
  ): Promise<void> {
    await this.lists.replace(author, domain, id, body);
  }

  /** Delete a rule list that no rule names. */
  @Delete(':uuid')
  @Requires('domains-manage')
  @FlatQueries(FORCE_QUERY)
  @AnswersNothing()
  async delete(
    @Author() author: RuleAuthor,
    @Param('domain') domain: string,
    @Param('uuid') id: string,
  ): Promise<void> {
    await this.lists.delete(author, domain, id);
  }
}
