/** Every route but the public ones: a token says who it is, the database says everything else. */
import { createParamDecorator, Injectable, SetMetadata, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import type { Role } from '../../machines/contract.js';
import type { Actor } from '../engine/types.js';
import { AppError } from '../errors.js';
import { AccountStore, type Person } from './accounts.store.js';
import { Tokens } from './tokens.js';

const PUBLIC = 'alur:public';
const ROLES = 'alur:roles';

export interface Reader extends Actor {
  readonly login: string;
  readonly kind: Person['kind'];
}

type Request = FastifyRequest & { actor?: Reader };

/** The route needs no token. */
export const Public = () => SetMetadata(PUBLIC, true);
/** The route is for holders of any of these roles; OpenAPI shows them. */
export const ForRoles = (...roles: readonly Role[]) => SetMetadata(ROLES, roles);
/** The person who sent the request. */
export const Me = createParamDecorator((_: unknown, context: ExecutionContext): Reader => {
  const { actor } = context.switchToHttp().getRequest<Request>();
  if (!actor) throw new AppError('UNAUTHENTICATED');
  return actor;
});

@Injectable()
export class ActorGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly tokens: Tokens,
    private readonly accounts: AccountStore,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean>(PUBLIC, targets)) return true;
    const request = context.switchToHttp().getRequest<Request>();
    const actor = await this.actorOf(request);
    const roles = this.reflector.getAllAndOverride<readonly Role[] | undefined>(ROLES, targets);
    if (roles && !actor.grants.some(({ role }) => roles.includes(role))) {
      throw new AppError('FORBIDDEN', { params: { roles: roles.join(', ') } });
    }
    request.actor = actor;
    return true;
  }

  private async actorOf({ headers }: Request): Promise<Reader> {
    const [scheme, token, ...rest] = (headers.authorization ?? '').split(' ');
    if (scheme?.toLowerCase() !== 'bearer' || !token || rest.length > 0) throw new AppError('UNAUTHENTICATED');
    const person = await this.accounts.person(await this.tokens.accountOf(token));
    if (!person) throw new AppError('UNAUTHENTICATED');
    const behalf = headers['on-behalf-of'];
    if (behalf === undefined) return { ...person, clientId: null };
    return this.onBehalf(person, String(behalf));
  }

  /** A client application acts with an officer's roles; history names both. */
  private async onBehalf(client: Person, login: string): Promise<Reader> {
    if (client.kind !== 'client') throw new AppError('FORBIDDEN', { params: { roles: 'client' } });
    const officer = await this.accounts.officer(client.officeId, login);
    if (!officer) throw new AppError('NOT_FOUND');
    return { ...officer, kind: 'client', clientId: client.accountId };
  }
}
