import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { idColumn, jsonColumn, textColumn, timeColumn } from '../../database/index.js';
import { type BoxFunction, type BoxVariable } from './box-told.js';

/** What a box last told of itself, for when it cannot be reached. Apart from the box, because it can be long. */
@Entity('box_report')
@ForeignKey('Box', ['hubId', 'boxId'], ['hubId', 'id'], {
  name: 'fk_box_report_box',
  onDelete: 'RESTRICT',
  onUpdate: 'RESTRICT',
})
export class BoxReport {
  @PrimaryColumn({ ...idColumn({ name: 'hub_id' }), primaryKeyConstraintName: 'pk_box_report' })
  hubId: string;

  @PrimaryColumn({ ...idColumn({ name: 'box_id' }), primaryKeyConstraintName: 'pk_box_report' })
  boxId: string;

  @Column(jsonColumn({ nullable: true }))
  functions: BoxFunction[] | null;

  @Column(timeColumn({ name: 'functions_at', nullable: true }))
  functionsAt: number | null;

  @Column(jsonColumn({ nullable: true }))
  variables: BoxVariable[] | null;

  @Column(timeColumn({ name: 'variables_at', nullable: true }))
  variablesAt: number | null;

  /** A PNG in base64. */
  @Column(textColumn({ nullable: true }))
  screenshot: string | null;

  @Column(timeColumn({ name: 'screenshot_at', nullable: true }))
  screenshotAt: number | null;
}
