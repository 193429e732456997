import { Body, Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Authenticated, type BoxPrincipal, CurrentBox } from '../../access/index.js';
import { Answers } from '../../common/http/answers.js';
import { BOX_SUCCESS, BoxSuccessResponse } from './dto/box-success.response.js';
import { ReportDto } from './dto/report.dto.js';
import { ReportService } from './report.service.js';

@ApiTags('Boxes')
@Controller('public-api/v1/box')
export class ReportController {
  constructor(private readonly reports: ReportService) {}

  /**
   * For boxes: report yourself. What is left out stays as it was told before. The hub shows it while the box cannot be
   * reached. A box may report 60 times a minute, and the body may have 2 MiB.
   */
  @Post('report')
  @Authenticated('box')
  @Answers(BoxSuccessResponse, { shape: 'bare' })
  report(@CurrentBox() box: BoxPrincipal, @Body() body: ReportDto): Promise<BoxSuccessResponse> {
    return this.reports.report(box, body).then(() => BOX_SUCCESS);
  }
}
