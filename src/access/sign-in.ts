/** Signing in, going on, changing a password, signing out: what becomes of an account, its password and its sessions. */
import { randomBytes, randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { AppError } from '../errors.js';
import { AccountStore } from './accounts.store.js';
import { Attempts } from './attempts.js';
import { hashPassword, passwordMatches, SECRET_PREFIX } from './passwords.js';
import { SessionStore, type Checked, type Session } from './sessions.store.js';
import { Tokens } from './tokens.js';

export interface SignedIn {
  readonly accessToken: string;
  readonly tokenType: 'Bearer';
  readonly expiresIn: number;
  readonly refreshToken: string;
  readonly refreshExpiresIn: number;
}

const newRefreshToken = () => randomBytes(32).toString('base64url');

@Injectable()
export class SignIn {
  private readonly log = new Logger('sign-in');

  constructor(
    private readonly accounts: AccountStore,
    private readonly attempts: Attempts,
    private readonly sessions: SessionStore,
    private readonly tokens: Tokens,
  ) {}

  async byPassword(login: string, password: string, address: string): Promise<SignedIn> {
    const { account, secretId } = await this.check(login, password, address);
    if (account.mustChangePassword && secretId === null) throw new AppError('PASSWORD_CHANGE_REQUIRED');
    return this.open({ accountId: account.id, passwordHash: account.passwordHash, secretId });
  }

  /** The old password is the right to set a new one; every sign-in that came by the old one ends. */
  async changePassword(login: string, password: string, next: string, address: string): Promise<SignedIn> {
    const { account, secretId } = await this.check(login, password, address);
    // A client application's secrets are changed by an administrator.
    if (secretId !== null) throw new AppError('WRONG_CREDENTIALS');
    const fault = faultOf(login, password, next);
    if (fault) throw new AppError('INVALID_INPUT', { issues: [{ path: 'newPassword', message: fault }] });
    const passwordHash = await hashPassword(next);
    const changed = await this.accounts.changePassword(account, passwordHash);
    // Somebody else has changed it in between.
    if (!changed) throw new AppError('WRONG_CREDENTIALS');
    return this.open({ accountId: account.id, passwordHash, secretId });
  }

  async refresh(token: string): Promise<SignedIn> {
    const next = newRefreshToken();
    const session = await this.sessions.refresh(token, next);
    if (session) return this.answer(session, next);
    if (await this.sessions.endReused(token)) this.log.warn('a spent refresh token came again: its session was ended');
    throw new AppError('UNAUTHENTICATED');
  }

  signOut(accountId: string, sessionId: string | null): Promise<void> {
    // A token of the foreign issuer ends there.
    if (sessionId === null) return Promise.resolve();
    return this.sessions.end(accountId, sessionId);
  }

  private async check(login: string, password: string, address: string) {
    await this.attempts.begin(login, address);
    const account = await this.accounts.byLogin(login);
    const isSecret = account?.kind === 'client' && password.startsWith(SECRET_PREFIX);
    // A secret costs the slow hash as well, against nobody's: else the time would tell which logins are clients'.
    const matchesPassword = await passwordMatches(isSecret ? undefined : account?.passwordHash, password);
    const secretId = isSecret ? await this.accounts.secretOf(account, password) : null;
    const matches = isSecret ? secretId !== null : matchesPassword;
    if (!account || !matches || account.disabledAt) throw new AppError('WRONG_CREDENTIALS');
    await this.attempts.succeeded(login, address);
    return { account, secretId };
  }

  private async open(checked: Checked): Promise<SignedIn> {
    const refreshToken = newRefreshToken();
    const session = await this.sessions.open(checked, randomUUID(), refreshToken);
    // Changed, revoked or disabled while it was checked.
    if (!session) throw new AppError('WRONG_CREDENTIALS');
    return this.answer(session, refreshToken);
  }

  private async answer({ id, accountId, secondsLeft }: Session, refreshToken: string): Promise<SignedIn> {
    const accessToken = await this.tokens.issue(accountId, id);
    const { seconds } = this.tokens;
    return { accessToken, tokenType: 'Bearer', expiresIn: seconds, refreshToken, refreshExpiresIn: secondsLeft };
  }
}

function faultOf(login: string, password: string, next: string): string | null {
  if (next === password) return 'must differ from the old one';
  return next.toLowerCase().includes(login.toLowerCase()) ? 'must not contain the account' : null;
}
