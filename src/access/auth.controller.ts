/** Signing in and out: account and password for a short-lived token, which a refresh token renews. */
import { Body, Controller, HttpCode, Ip, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Answers } from '../http/openapi.js';
import { Me, Public, type Reader } from './actor.guard.js';
import {
  credentials,
  passwordChange,
  refreshBody,
  SIGNED_IN,
  type Credentials,
  type PasswordChange,
  type RefreshBody,
} from './auth.schemas.js';
import { SignIn } from './sign-in.js';

const BODY_CODES = ['INVALID_INPUT', 'MALFORMED_JSON', 'TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'] as const;

@ApiTags('access')
@Controller('auth')
export class AuthController {
  constructor(private readonly signIn: SignIn) {}

  @Public()
  @Post('token')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Sign in',
    description:
      'Gives a bearer token for `expiresIn` seconds and a refresh token to renew it with. Roles and office are read ' +
      'from the database at each request. Five failures lock the account from your address for 15 minutes.\n\n' +
      'Roles: none needed, nor a token.',
  })
  @ApiResponse({ status: 200, description: 'Tokens and how long they last.', schema: SIGNED_IN })
  @Answers([...BODY_CODES, 'WRONG_CREDENTIALS', 'PASSWORD_CHANGE_REQUIRED'])
  token(@Body({ schema: credentials }) { account, password }: Credentials, @Ip() address: string) {
    return this.signIn.byPassword(account, password, address);
  }

  @Public()
  @Post('password')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Change your password',
    description:
      'With the old one. It is the only thing a password that an administrator set is good for. Ends every other ' +
      'sign-in of the account, and signs in.\n\nRoles: none needed, nor a token.',
  })
  @ApiResponse({ status: 200, description: 'Tokens and how long they last.', schema: SIGNED_IN })
  @Answers([...BODY_CODES, 'WRONG_CREDENTIALS'])
  password(@Body({ schema: passwordChange }) body: PasswordChange, @Ip() address: string) {
    return this.signIn.changePassword(body.account, body.password, body.newPassword, address);
  }

  @Public()
  @Post('refresh')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Renew a sign-in',
    description:
      'A refresh token is good once; the answer holds the next. One that comes again ends the sign-in, since one of ' +
      'the two who sent it has stolen it.\n\nRoles: none needed, nor a token.',
  })
  @ApiResponse({ status: 200, description: 'Tokens and how long they last.', schema: SIGNED_IN })
  @Answers([...BODY_CODES, 'UNAUTHENTICATED'])
  refresh(@Body({ schema: refreshBody }) { refreshToken }: RefreshBody) {
    return this.signIn.refresh(refreshToken);
  }

  @Post('sign-out')
  @HttpCode(204)
  @ApiBearerAuth()
  @ApiOperation({
    summary: 'Sign out',
    description: 'Within seconds no token of this sign-in opens anything.\n\nRoles: any.',
  })
  @ApiResponse({ status: 204, description: 'Signed out.' })
  @Answers([...BODY_CODES, 'UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND'])
  async signOut(@Me() { accountId, clientId, sessionId }: Reader): Promise<void> {
    await this.signIn.signOut(clientId ?? accountId, sessionId);
  }
}
