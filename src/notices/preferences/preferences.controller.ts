/** Each officer's own choice of channels. The bell itself cannot be switched off. */
import { Body, Controller, Get, Put } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Me, type Reader } from '../../access/actor.guard.js';
import { AppConfig } from '../../app-config.js';
import { AppError } from '../../errors.js';
import { Answers, Gives } from '../../http/openapi.js';
import { DIGESTS, PreferenceStore } from './preferences.store.js';

const preferences = z
  .strictObject({
    email: z.strictObject({
      enabled: z.boolean(),
      warningsInWorkingHours: z.boolean(),
      digest: z.enum(DIGESTS),
    }),
  })
  .meta({
    title: 'NoticePreferences',
    example: { email: { enabled: true, warningsInWorkingHours: true, digest: 'off' } },
  });

const CODES = ['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND'] as const;
const MEANING =
  '`warningsInWorkingHours`: a warning that comes outside office hours is mailed when the office opens. `digest`: `daily` ' +
  'collects all mail into one, sent in the first working minute of the next day. `inApp` is always on. An account without ' +
  '`address` gets no mail; its office’s admin keeps addresses.';

@ApiTags('notices')
@ApiBearerAuth()
@Controller('notices/preferences')
export class PreferencesController {
  constructor(
    private readonly config: AppConfig,
    private readonly store: PreferenceStore,
  ) {}

  @Get()
  @ApiOperation({ summary: 'How I am told', description: `${MEANING}\n\nRoles: any.` })
  @Gives(200, 'Preferences', 'My preferences.')
  @Answers([...CODES])
  async read(@Me() { officeId, accountId }: Reader) {
    const found = await this.store.read(officeId, accountId);
    if (!found) throw new AppError('NOT_FOUND');
    const { address, email } = found;
    return { inApp: { enabled: true }, email: { ...email, address, available: this.config.mail !== null } };
  }

  @Put()
  @ApiOperation({ summary: 'Choose how I am told', description: `${MEANING}\n\nRoles: any.` })
  @Gives(200, 'Preferences', 'My preferences as they now are; they hold for notices from now on.')
  @Answers(['INVALID_INPUT', 'MALFORMED_JSON', 'TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE', ...CODES])
  async choose(@Me() reader: Reader, @Body({ schema: preferences }) { email }: z.infer<typeof preferences>) {
    await this.store.write(reader.officeId, reader.accountId, email);
    return this.read(reader);
  }
}
