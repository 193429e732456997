import { Injectable } from '@nestjs/common';
import { type BoxPrincipal } from '../../access/index.js';
import { Clock } from '../../common/clock.js';
import { Database } from '../../database/index.js';
import { type ReportDto } from './dto/report.dto.js';
import { ReportBudget } from './report-budget.js';
import { ReportRepository } from './report.repository.js';
import { readFunctions, readScreenshot, readVariables } from './told-reader.js';

/** Takes what boxes tell of themselves. */
@Injectable()
export class ReportService {
  constructor(
    private readonly reports: ReportRepository,
    private readonly budget: ReportBudget,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** What is left out stays as it was told before. @throws TooManyReportsError */
  async report({ hubId, boxId: id }: BoxPrincipal, input: ReportDto): Promise<void> {
    this.budget.spend(id);
    const now = this.clock.now();
    const { functions, variables, screenshot } = input;
    const told = {
      ...(functions && { functions: readFunctions(functions), functionsAt: now }),
      ...(variables && { variables: readVariables(variables), variablesAt: now }),
      ...(screenshot && { screenshot: readScreenshot(screenshot), screenshotAt: now }),
    };
    await this.database.transaction(async (tx) => {
      const seen = { state: input.state ?? 'online', at: now, seen: true, version: input.version };
      await this.reports.note(tx, { hubId, id }, seen);
      await this.reports.keep(tx, { hubId, id }, told);
    });
  }
}
