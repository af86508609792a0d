/** Entities of what is read and kept outside the hot path. Cases and history are written by engine/append.sql.ts only. */
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Role } from '../../machines/contract.js';

@Entity('offices')
export class Office {
  @PrimaryColumn('uuid') id!: string;
  @Column('text') code!: string;
  @Column('text') name!: string;
  @Column('text', { name: 'unit_code' }) unitCode!: string;
  @Column('text', { name: 'letter_classification' }) letterClassification!: string;
  @Column('text', { name: 'letter_template' }) letterTemplate!: string;
  @Column('integer', { name: 'calendar_version' }) calendarVersion!: number;
}

@Entity('calendars')
export class Calendar {
  @PrimaryColumn('uuid', { name: 'office_id' }) officeId!: string;
  @PrimaryColumn('integer') version!: number;
  @Column('jsonb') data!: object;
}

@Entity('role_titles')
export class RoleTitle {
  @PrimaryColumn('uuid', { name: 'office_id' }) officeId!: string;
  @PrimaryColumn('text') role!: Role;
  @PrimaryColumn('date', { name: 'valid_from' }) validFrom!: string;
  @Column('text') title!: string;
}

@Entity('accounts')
export class Account {
  @PrimaryColumn('uuid', { name: 'office_id' }) officeId!: string;
  @PrimaryColumn('uuid') id!: string;
  @Column('text') login!: string;
  @Column('text') name!: string;
  @Column('text') kind!: 'officer' | 'client';
  @Column('text', { name: 'password_hash' }) passwordHash!: string;
  @Column('timestamptz', { name: 'disabled_at', nullable: true }) disabledAt!: Date | null;
  @Column('boolean', { name: 'must_change_password', default: false }) mustChangePassword!: boolean;
  /** Of a client application; null for people. */
  @Column('text', { array: true, nullable: true }) scopes!: ('read' | 'write')[] | null;
}

@Entity('role_grants')
export class RoleGrant {
  @PrimaryColumn('uuid', { name: 'office_id' }) officeId!: string;
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid', { name: 'account_id' }) accountId!: string;
  @Column('text') role!: Role;
  @Column('uuid', { name: 'acting_for', nullable: true }) actingFor!: string | null;
  @Column('text', { name: 'letter_number', nullable: true }) letterNumber!: string | null;
}

@Entity('notices')
export class Notice {
  @PrimaryColumn('uuid', { name: 'office_id' }) officeId!: string;
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid', { name: 'case_id' }) caseId!: string;
  @Column('text') kind!: string;
  @Column('smallint') level!: number;
  @Column('uuid', { name: 'recipient_id' }) recipientId!: string;
  @Column('text', { name: 'text_id' }) textId!: string;
  @Column('text', { name: 'text_en' }) textEn!: string;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
  @Column('timestamptz', { name: 'acknowledged_at', nullable: true }) acknowledgedAt!: Date | null;
}
