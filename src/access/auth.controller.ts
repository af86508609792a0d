/** Signing in: account and password for a short-lived token. */
import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { AppError } from '../errors.js';
import { Answers } from '../http/openapi.js';
import { Turns } from '../ops/turns.js';
import { AccountStore } from './accounts.store.js';
import { Public } from './actor.guard.js';
import { passwordMatches } from './passwords.js';
import { Tokens } from './tokens.js';
import { Attempts } from './attempts.js';

const credentials = z
  .strictObject({ account: z.string().min(1).max(60), password: z.string().min(1).max(200) })
  .meta({ title: 'Credentials', example: { account: 'staf', password: 'the password shown at start' } });
type Credentials = z.infer<typeof credentials>;

@ApiTags('access')
@Controller('auth')
export class AuthController {
  private readonly turns = new Turns();

  constructor(
    private readonly accounts: AccountStore,
    private readonly tokens: Tokens,
    private readonly attempts: Attempts,
  ) {}

  @Public()
  @Post('token')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Sign in',
    description:
      'Gives a bearer token for `expiresIn` seconds. Roles and office are read from the database at each request.\n\n' +
      'Roles: none needed, nor a token.',
  })
  @ApiResponse({
    status: 200,
    description: 'A token and how long it lasts.',
    schema: {
      type: 'object',
      properties: { accessToken: { type: 'string' }, tokenType: { type: 'string' }, expiresIn: { type: 'integer' } },
      required: ['accessToken', 'tokenType', 'expiresIn'],
    },
  })
  @Answers([
    'INVALID_INPUT',
    'MALFORMED_JSON',
    'WRONG_CREDENTIALS',
    'TOO_LARGE',
    'UNSUPPORTED_MEDIA_TYPE',
    'RATE_LIMITED',
  ])
  token(@Body({ schema: credentials }) { account, password }: Credentials) {
    // Guesses at one account are judged one after the other: side by side they would all come before the brake.
    return this.turns.take(account, () => this.signIn(account, password));
  }

  private async signIn(account: string, password: string) {
    this.attempts.check(account);
    const found = await this.accounts.byLogin(account);
    const matches = await passwordMatches(found?.passwordHash, password);
    if (!found || !matches || found.disabledAt) {
      this.attempts.failed(account);
      throw new AppError('WRONG_CREDENTIALS');
    }
    this.attempts.succeeded(account);
    return { accessToken: await this.tokens.issue(found.id), tokenType: 'Bearer', expiresIn: this.tokens.seconds };
  }
}
